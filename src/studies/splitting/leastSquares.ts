import type { StudyRow } from '../../protocol/study';
import type { SplittingOptions } from '../../train/splitting/splittingSolver';
import { SplittingSolver } from '../../train/splitting/splittingSolver';
import { compared } from '../rows';
import { rowsPart, type Study, type StudyContext } from '../study';
import { distance, randomLeastSquares, stepsUntil, uniformModel, type LeastSquares } from './problems';

const SHAPE = { rows: 10_000, width: 500, batchRows: 20 };
const NOISE = 0.01;
/** Relative error of the weights at which the count ends. */
const TARGET = 1e-3;
const MOST = 5000;

const RATES = [0.01, 0.02, 0.04, 0.06, 0.07, 0.08, 0.1, 1, 10, 1e4, 1e8];
const QUICK_RATES = [0.04, 0.06, 0.1, 1, 1e8];

/**
 * Steps to a least-squares solution by the learning rate, SGD beside splitting, on the random problem of the
 * paper: 10000 rows of 500 normal numbers, batches of 20. Its figure was read by eye; of such a problem theory
 * knows the counts, too.
 */
export const leastSquares: Study = {
  id: 'splitting/least-squares',
  title: 'Steps to a least-squares solution by the learning rate: SGD and splitting',
  parts: () => [rowsPart('10000 × 500, batches of 20', rows)],
};

type Method = 'splitting' | 'SGD';
const LOCAL: Readonly<Record<Method, SplittingOptions['local']>> = { splitting: 'flow', SGD: { stages: 1 } };

function rows({ seed, quick }: StudyContext): StudyRow[] {
  const problem = randomLeastSquares(SHAPE, NOISE, seed);
  const rates = quick ? QUICK_RATES : RATES;
  const split = rates.map((rate) => steps(problem, 'splitting', rate, seed));
  const sgd = rates.map((rate) => steps(problem, 'SGD', rate, seed));
  const works = rates.filter((_, i) => typeof sgd[i] === 'number');
  const fails = rates.filter((_, i) => typeof sgd[i] !== 'number');
  const { width, batchRows } = SHAPE;
  return [
    ...rates.flatMap((rate, i) => [
      { what: `splitting, α ${rate}`, ours: split[i]!, unit: 'steps' },
      { what: `SGD, α ${rate}`, ours: sgd[i]!, unit: 'steps' },
    ]),
    compared({
      what: 'best count of SGD over that of splitting',
      published: 65 / 64,
      ours: best(sgd) / best(split),
      unit: 'times',
      tolerance: 0.1,
      note: 'published: read off a figure',
    }),
    compared({
      what: 'best count of splitting',
      published: Math.log(TARGET ** 2) / Math.log(1 - batchRows / width),
      ours: best(split),
      unit: 'steps',
      tolerance: 0.1,
      note:
        'theory: a batch of 20 rows leaves 1 − 20/500 of a random squared error. The figure shows 64 steps, ' +
        'which cannot be of this error',
    }),
    {
      what: 'largest rate at which SGD converges',
      published: 'about 0.07',
      ours: `${Math.max(...works)} to ${Math.min(...fails)}`,
      unit: 'α',
      note: `published: read off a figure; theory of mean squares: 2b/(p + b + 1) = ${meanSquareLimit()}`,
    },
  ];
}

function best(counts: readonly (number | string)[]): number {
  return Math.min(...counts.filter((count) => typeof count === 'number'));
}

function meanSquareLimit(): string {
  return ((2 * SHAPE.batchRows) / (SHAPE.width + SHAPE.batchRows + 1)).toFixed(3);
}

function steps(
  { batches, truth }: LeastSquares,
  method: Method,
  rate: number,
  seed: number,
): number | string {
  const model = uniformModel(truth.length, 1, seed + 1);
  const solver = new SplittingSolver(model, { loss: 'squares', local: LOCAL[method] });
  return stepsUntil(
    () => distance(model.weights, truth),
    TARGET * Math.sqrt(truth.length),
    (batch) => solver.step(batch, rate),
    batches,
    MOST,
  );
}
