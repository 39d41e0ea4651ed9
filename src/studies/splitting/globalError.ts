import { Random } from '../../math/random';
import { symmetricEigen } from '../../math/symmetricEigen';
import type { StudyRow } from '../../protocol/study';
import type { Batch, LinearModel } from '../../train/splitting/linearModel';
import { SplittingSolver } from '../../train/splitting/splittingSolver';
import { compared } from '../rows';
import { rowsPart, type Study, type StudyContext } from '../study';
import { SMALL_ROWS } from './problems';

/**
 * What splitting does to the gradient flow of consistent least squares over a whole epoch of time t:
 * ‖e^(A_m·t) ⋯ e^(A_1·t) − e^(A·t)‖, and where that goes as t grows: to the norm of the product of the
 * projections that the batches leave. It is a limit and not a bound, which a small example shows.
 */
export const globalError: Study = {
  id: 'splitting/global-error',
  title: 'Error of splitting over an epoch, by its time, and the limit to which it goes',
  parts: (quick) => [
    rowsPart('small problems', smallRows),
    rowsPart('a limit that is no bound', counterRows),
    rowsPart('100 × 100 in two batches', ({ seed }) => randomRows(100, 2, seed)),
    ...(quick ? [] : [rowsPart('200 × 200 in forty batches', ({ seed }) => randomRows(200, 40, seed))]),
    rowsPart('orders of forty batches', orderRows),
  ],
};

/** By time, from the reference program; the limit under Infinity. */
type ByTime = readonly (readonly [time: number, error: number])[];

function smallRows(): StudyRow[] {
  const rows = SMALL_ROWS.slice(0, 4);
  return [
    ...errorRows(
      'four batches of one row',
      [0, 1, 2, 3].map((i) => [rows[i]!]),
      1 / 4,
      [
        [0.1, 0.0070688767],
        [1, 0.20840785],
        [5, 0.56894902],
        [20, 0.8454162],
        [100, 0.85836588],
        [Infinity, 0.858365880719],
      ],
    ),
    ...errorRows('two batches of two rows', [rows.slice(0, 2), rows.slice(2)], 1 / 4, [
      [0.1, 0.0080319058],
      [1, 0.2227734],
      [20, 0.81630798],
      [Infinity, 0.828668949618],
    ]),
  ];
}

function counterRows(): StudyRow[] {
  const batches = [
    [
      [1, 0, 0],
      [0, Math.SQRT2, 0],
    ],
    [
      [Math.SQRT1_2, Math.SQRT1_2, 0],
      [0, 0, 1],
    ],
  ];
  return [
    ...errorRows('planes that cross', batches, 1, [
      [0.3, 0.013320302],
      [1, 0.04536852],
      [3, 0.019061299],
    ]),
    {
      what: 'planes that cross, t → ∞',
      ours: splittingError(batchesOf(batches), Infinity),
      unit: 'of norm',
      note: 'theory: 0, which no error at a time before stays below',
    },
  ];
}

function errorRows(
  what: string,
  batches: readonly (readonly (readonly number[])[])[],
  weight: number,
  measured: ByTime,
): StudyRow[] {
  return measured.map(([time, published]) =>
    compared({
      what: `${what}, ${time === Infinity ? 't → ∞' : `t ${time}`}`,
      published,
      ours: splittingError(batchesOf(batches), time * weight),
      unit: 'of norm',
      tolerance: 1e-6,
      note: 'measured',
    }),
  );
}

function randomRows(size: number, count: number, seed: number): StudyRow[] {
  const batches = normalBatches(size, count, seed);
  const name = `${size} × ${size} in ${count} batches`;
  const limit = splittingError(batches, Infinity);
  // The least eigenvalue of such a matrix is about 1/size³ of its mean.
  const late = 1e9;
  return [
    ...[1, 5, 15].map((time) => ({
      what: `${name}, t ${time}`,
      ours: splittingError(batches, time / size),
      unit: 'of norm',
    })),
    compared({
      what: `${name}, t 10⁹`,
      published: limit,
      ours: splittingError(batches, late / size),
      unit: 'of norm',
      tolerance: 1e-4,
      note: 'theory: the norm of the product of projections',
    }),
  ];
}

/** The paper: over 1000 orders of forty batches the limit varies by some 10⁻⁵ of itself. */
function orderRows({ seed, quick }: StudyContext): StudyRow[] {
  const batches = normalBatches(quick ? 80 : 200, 40, seed);
  const random = new Random(seed + 1);
  const orders = quick ? 5 : 20;
  const limits = Array.from({ length: orders }, () => {
    const order = random.permutation(batches.length);
    return splittingError(
      Array.from(order, (i) => batches[i]!),
      Infinity,
    );
  });
  const [least, largest] = [Math.min(...limits), Math.max(...limits)];
  return [
    {
      what: `${quick ? 80 : 200} × ${quick ? 80 : 200} in 40 batches, ${orders} orders: spread of the limit`,
      published: 'about 1e-5',
      ours: largest / least - 1,
      unit: 'of the least',
      note: `published: 200 × 200, 1000 orders; the limit itself is ${largest.toFixed(6)}`,
    },
  ];
}

function normalBatches(size: number, count: number, seed: number): Batch[] {
  const random = new Random(seed);
  return batchesOf(
    Array.from({ length: count }, () =>
      Array.from({ length: size / count }, () => Array.from({ length: size }, () => random.normal())),
    ),
  );
}

/** Batches whose targets are zero in every one of as many columns as there are inputs. */
function batchesOf(rows: readonly (readonly (readonly number[])[])[]): Batch[] {
  return rows.map((batch) => ({
    rows: batch.length,
    inputs: Float64Array.from(batch.flat()),
    targets: new Float64Array(batch.length * batch[0]!.length),
  }));
}

/**
 * Spectral norm of what an epoch does to the weights less what the whole flow does, A_i = −X_iᵀX_i. Towards zero
 * targets a step multiplies the weights by e^(A_i·time), so begun from the identity it is that matrix.
 */
function splittingError(batches: readonly Batch[], time: number): number {
  const width = batches[0]!.inputs.length / batches[0]!.rows;
  const whole: Batch = {
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
    inputs: Float64Array.from(batches.flatMap(({ inputs }) => [...inputs])),
    targets: new Float64Array(batches.reduce((sum, { targets }) => sum + targets.length, 0)),
  };
  const split = exponentials(batches, width, time);
  // In the limit nothing is left of the flow, whose matrix has full rank.
  const difference = time === Infinity ? split : minus(split, exponentials([whole], width, time));
  return spectralNorm(difference, width);
}

function exponentials(batches: readonly Batch[], width: number, time: number): Float64Array {
  const weights = new Float64Array(width * width);
  for (let i = 0; i < width; i++) weights[i * width + i] = 1;
  const model: LinearModel = { inputs: width, outputs: width, weights };
  const solver = new SplittingSolver(model, { loss: 'squares', local: 'flow' });
  // A step takes the mean over its rows, and the flow their sum.
  for (const batch of batches) solver.step(batch, time * batch.rows);
  return weights;
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, i) => x - b[i]!);
}

function spectralNorm(matrix: Float64Array, width: number): number {
  const squared = new Float64Array(width * width);
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < width; i++) {
      const factor = matrix[k * width + i]!;
      for (let j = 0; j < width; j++) squared[i * width + j]! += factor * matrix[k * width + j]!;
    }
  }
  return Math.sqrt(Math.max(0, symmetricEigen(squared).values[0]!));
}
