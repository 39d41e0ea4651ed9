import type { StudyRow } from '../../protocol/study';
import { addCombination, logitsOf, type Batch, type LinearModel } from '../../train/splitting/linearModel';
import { residualOf } from '../../train/splitting/localLoss';
import { SplittingSolver, type SplittingOptions } from '../../train/splitting/splittingSolver';
import { rowsPart, type Study, type StudyContext } from '../study';
import { batchesOf, errorRate, loadDigits } from './digits';
import { stepsUntil, uniformModel } from './problems';

const CLASSES = 10;
const BATCH_ROWS = 64;
const SIZES = { trainSize: 100 * BATCH_ROWS, testSize: 1000 };
/** Test error at which the count ends. */
const TARGET = 0.2;
const MOST = { full: 1000, quick: 300 };
const RATES = [0.01, 0.1, 1, 10, 100, 1000];
const QUICK_RATES = [0.02, 10, 1000];

type Step = (model: LinearModel) => (batch: Batch, rate: number) => void;

interface Method {
  readonly name: string;
  readonly step: Step;
}

function splitting(local: SplittingOptions['local']): Step {
  return (model) => {
    const solver = new SplittingSolver(model, { loss: 'softmax', local });
    return (batch, rate) => void solver.step(batch, rate);
  };
}

const METHODS: readonly Method[] = [
  { name: 'splitting', step: splitting('flow') },
  { name: 'SGD', step: splitting({ stages: 1 }) },
  { name: 'four Euler stages', step: splitting({ stages: 4 }) },
  { name: 'SGD through two softmaxes', step: doubleSoftmax },
];

/**
 * Steps of softmax regression on digits to a test error, by the learning rate. The paper's own comparison
 * is not reprinted: its SGD minimises the cross entropy of a softmax of the softmax. That baseline runs here
 * beside a sound one, and shows how much of the gap is its own.
 */
export const softmax: Study = {
  id: 'splitting/softmax',
  title:
    'Steps of softmax regression by the learning rate: splitting, SGD, Euler stages, and an unsound baseline',
  parts: () => METHODS.map((method) => rowsPart(method.name, (context) => methodRows(method, context))),
};

async function methodRows({ name, step }: Method, context: StudyContext): Promise<StudyRow[]> {
  const { train, test } = await loadDigits(context.outputs, CLASSES, SIZES);
  const batches = batchesOf(train, BATCH_ROWS, CLASSES);
  const seeds = context.quick ? [0] : [0, 1, 2];
  const most = context.quick ? MOST.quick : MOST.full;
  return (context.quick ? QUICK_RATES : RATES).map((rate) => {
    const counts = seeds.map((seed) => {
      const model = uniformModel(train.width, CLASSES, context.seed + seed);
      const move = step(model);
      return stepsUntil(
        () => errorRate(model, test),
        TARGET,
        (batch) => move(batch, rate),
        batches,
        most,
      );
    });
    return {
      what: `${name}, α ${rate}`,
      ours: median(counts),
      unit: 'steps',
      ...(seeds.length > 1 && { note: `from three starts: ${counts.join(', ')}` }),
    };
  });
}

/** A count that was not reached is larger than any. */
function median(counts: readonly (number | string)[]): number | string {
  const size = (count: number | string) => (typeof count === 'number' ? count : Infinity);
  return [...counts].sort((a, b) => size(a) - size(b))[Math.floor(counts.length / 2)]!;
}

/** SGD on the cross entropy of softmax(softmax(Z)), as the paper's script has it. */
function doubleSoftmax(model: LinearModel): (batch: Batch, rate: number) => void {
  const { outputs } = model;
  return (batch, rate) => {
    const none = new Float64Array(batch.rows * outputs);
    const probabilities = new Float64Array(batch.rows * outputs);
    const slope = new Float64Array(batch.rows * outputs);
    residualOf('softmax', logitsOf(model, batch), none, outputs, probabilities);
    residualOf('softmax', probabilities, batch.targets, outputs, slope);
    const coefficients = slope.map((own, i) => {
      const row = i - (i % outputs);
      let mean = 0;
      for (let k = row; k < row + outputs; k++) mean += slope[k]! * probabilities[k]!;
      return (-rate / batch.rows) * probabilities[i]! * (own - mean);
    });
    addCombination(model, batch, coefficients);
  };
}
