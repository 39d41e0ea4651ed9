import { symmetricEigen } from '../../math/symmetricEigen';
import type { StudyRow } from '../../protocol/study';
import { gramOf, type Batch, type LinearModel } from '../../train/splitting/linearModel';
import { SplittingSolver } from '../../train/splitting/splittingSolver';
import { compared } from '../rows';
import { rowsPart, type Study } from '../study';
import { SMALL_ROWS, SMALL_START, distance, randomLeastSquares, smallBatch, uniformModel } from './problems';

const ANSWERS = [-6, 2.5, 4.5, 2.5, 4, 5];
const NOISE = [0.3, -0.2, 0.1, -0.4, 0.2, 0.3];
/** The solution of all six rows with their noise, to the reference program's digits. */
const SOLUTION = [1.03459422283, -1.93297799175, 0.395495185695, 2.98514442916];

/**
 * What becomes of a least-squares step that does not end: the block Kaczmarz method, which satisfies the batch's
 * rows and moves no farther than that takes; how fast a step comes there; and, where rows are at odds, how far
 * from their solution epochs then end.
 */
export const kaczmarzLimit: Study = {
  id: 'splitting/kaczmarz-limit',
  title:
    'Long steps of splitting become the block Kaczmarz method: how fast, and what it costs where rows are at odds',
  parts: () => [
    rowsPart('one row', singleRow),
    rowsPart('batches', ({ seed }) => batchRows(seed)),
    rowsPart('rows at odds', oddsRows),
  ],
};

function stepped(batch: Batch, alpha: number, start: ArrayLike<number>): Float64Array {
  const model: LinearModel = { inputs: start.length, outputs: 1, weights: Float64Array.from(start) };
  new SplittingSolver(model, { loss: 'squares', local: 'flow' }).step(batch, alpha);
  return model.weights;
}

function singleRow(): StudyRow[] {
  const row = SMALL_ROWS[0]!;
  const squares = row.reduce((sum, x) => sum + x * x, 0);
  const missing = ANSWERS[0]! - row.reduce((sum, x, i) => sum + x * SMALL_START[i]!, 0);
  const kaczmarz = row.map((x, i) => SMALL_START[i]! + (missing / squares) * x);
  return [
    {
      what: 'one row, α = ∞: distance from Kaczmarz’s step',
      ours: distance(stepped(smallBatch([row], [ANSWERS[0]!]), Infinity, SMALL_START), kaczmarz),
      unit: 'of weights',
      note: 'theory: 0, up to rounding',
    },
  ];
}

function batchRows(seed: number): StudyRow[] {
  const pair = smallBatch(SMALL_ROWS.slice(0, 2), ANSWERS.slice(0, 2));
  const random = randomLeastSquares({ rows: 20, width: 50, batchRows: 20 }, 0, seed).batches[0]!;
  const twice = smallBatch([SMALL_ROWS[0]!, SMALL_ROWS[0]!], [-5, -7]);
  const mean = smallBatch([SMALL_ROWS[0]!], [-6]);
  return [
    approachRow('two rows of four', pair, SMALL_START, [1, 3]),
    approachRow('20 rows of 50', random, uniformModel(50, 1, seed).weights, [8, 16]),
    {
      what: 'one row twice, with two answers, α = ∞: distance from the step to their mean',
      ours: distance(stepped(twice, Infinity, SMALL_START), stepped(mean, Infinity, SMALL_START)),
      unit: 'of weights',
      note: 'theory: 0, up to rounding',
    },
  ];
}

/** The distance from the step without an end falls by e^(−λα/b), λ the least eigenvalue of the Gram matrix. */
function approachRow(
  what: string,
  batch: Batch,
  start: ArrayLike<number>,
  [sooner, later]: readonly [number, number],
): StudyRow {
  const end = stepped(batch, Infinity, start);
  const left = (alpha: number) => distance(stepped(batch, alpha, start), end);
  const least = symmetricEigen(gramOf(batch, false)).values.at(-1)!;
  return compared({
    what: `${what}: rate at which a step comes to the block Kaczmarz step`,
    published: least / batch.rows,
    ours: Math.log(left(sooner) / left(later)) / (later - sooner),
    unit: 'by α',
    tolerance: 0.05,
    note: 'theory: the least eigenvalue of X·Xᵀ over the rows',
  });
}

function oddsRows(): StudyRow[] {
  const measured = [
    [0.01, 0.00173669],
    [0.05, 0.00849087],
    [0.5, 0.0600664],
    [5, 0.120008],
    [500, 0.120158],
  ] as const;
  return [
    ...measured.map(([alpha, published]) =>
      compared({
        what: `six rows at odds, α ${alpha}: distance of epochs from the solution`,
        published,
        ours: endDistance(alpha),
        unit: 'of weights',
        tolerance: 1e-4,
        note: 'measured; SGD diverges from α 0.5 on',
      }),
    ),
    {
      what: 'six rows at odds, block Kaczmarz: distance of epochs from the solution',
      ours: endDistance(Infinity),
      unit: 'of weights',
    },
  ];
}

function endDistance(alpha: number): number {
  const model: LinearModel = { inputs: 4, outputs: 1, weights: Float64Array.from(SMALL_START) };
  const solver = new SplittingSolver(model, { loss: 'squares', local: 'flow' });
  const answers = ANSWERS.map((answer, i) => answer + NOISE[i]!);
  const batches = [0, 2, 4].map((i) => smallBatch(SMALL_ROWS.slice(i, i + 2), answers.slice(i, i + 2)));
  for (let epoch = 0; epoch < 2000; epoch++) for (const batch of batches) solver.step(batch, alpha);
  return distance(model.weights, SOLUTION);
}
