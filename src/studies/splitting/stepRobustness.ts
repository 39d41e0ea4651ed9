import type { StudyRow } from '../../protocol/study';
import { SplittingSolver, type SplittingOptions } from '../../train/splitting/splittingSolver';
import { rowsPart, type Study, type StudyContext } from '../study';
import { batchesOf, errorRate, loadDigits } from './digits';
import { stepsUntil, uniformModel } from './problems';

const BATCH_ROWS = 50;
/** Test error at which the count ends: 2 of 2115. */
const TARGET = 0.001;
const MOST = 300;
const RATES = [0.01, 0.1, 1, 10, 100, 1e3, 1e5, 1e7];
const QUICK_RATES = [0.1, 1, 10, 1e5];

interface Method {
  readonly name: string;
  readonly local: SplittingOptions['local'];
  /** The least count over all rates, and where it was; nobody published one of the stages. */
  readonly published?: string;
}

const METHODS: readonly Method[] = [
  { name: 'splitting', local: 'flow', published: 'about 3, at α 8; 10 to 18 up to 10⁷' },
  { name: 'SGD', local: { stages: 1 }, published: 'about 17, at α 0.6' },
  { name: 'four Euler stages', local: { stages: 4 } },
];

/**
 * How much the learning rate matters to a logistic regression that tells the digits 0 and 1 of MNIST apart:
 * steps to a test error of a thousandth, and the rates within which no more than twice the least are needed.
 * The paper's counts were read off its figure.
 */
export const stepRobustness: Study = {
  id: 'splitting/step-robustness',
  title: 'Which learning rates will do: logistic regression on the digits 0 and 1, splitting and SGD',
  parts: () => METHODS.map((method) => rowsPart(method.name, (context) => methodRows(method, context))),
};

async function methodRows({ name, local, published }: Method, context: StudyContext): Promise<StudyRow[]> {
  const { train, test } = await loadDigits(context.outputs, 2);
  const batches = batchesOf(train, BATCH_ROWS, 1).slice(0, MOST);
  const rates = context.quick ? QUICK_RATES : RATES;
  const counts = rates.map((rate) => {
    const model = uniformModel(train.width, 1, context.seed);
    const solver = new SplittingSolver(model, { loss: 'logistic', local });
    return stepsUntil(
      () => errorRate(model, test),
      TARGET,
      (batch) => void solver.step(batch, rate),
      batches,
      MOST,
    );
  });
  const least = Math.min(...counts.filter((count) => typeof count === 'number'));
  const near = rates.filter((_, i) => (counts[i] as number) <= 2 * least);
  return [
    ...rates.map((rate, i) => ({ what: `${name}, α ${rate}`, ours: counts[i]!, unit: 'steps' })),
    {
      what: `${name}, least count`,
      ours: least,
      unit: 'steps',
      ...(published !== undefined && { published, note: 'published: read off a figure' }),
    },
    {
      what: `${name}, rates of at most twice the least count`,
      ours: near.length === 0 ? 'none' : `${near[0]!} to ${near.at(-1)!}`,
      unit: 'α',
    },
  ];
}
