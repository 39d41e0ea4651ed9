import { createTransform, type TransformId } from '../../math/orthogonal/create';
import { createModeProduct } from '../../math/orthogonal/modeProduct';
import type { OrthogonalTransform } from '../../math/orthogonal/transform';
import type { StudyRow } from '../../protocol/study';
import { decomposeGreedily } from '../../quantize/kashin/decomposition/greedy';
import { createKernelWorkspace } from '../../quantize/kashin/decomposition/kernelWorkspace';
import { decomposeByTruncation } from '../../quantize/kashin/decomposition/truncation';
import { createWorkspace } from '../../quantize/kashin/decomposition/workspace';
import { createKernelInvolution } from '../../quantize/kashin/involutionKernel';
import { measureUnevenness, stallCause } from '../../quantize/kashin/unevenness';
import { compared } from '../rows';
import {
  nearRankOneMatrix,
  normalMatrix,
  normalVector,
  oneHotVector,
  outlierColumnsMatrix,
  scaledRowsMatrix,
  spikedVector,
  studentMatrix,
  type Matrix,
} from './sources';
import { rowsPart, type Study, type StudyContext } from '../study';
import { countSteps, median, TOLERANCE } from './steps';

/**
 * How many greedy steps a decomposition takes to a residual of 1e-6, and how flat its factors are: of vectors
 * with a full-length matrix, of matrices with Kronecker products and flattened. Figures called measured come from
 * a reference program for the published method, not from the papers, which give no such table.
 */
export const convergence: Study = {
  id: 'kashin/convergence',
  title: 'Steps of the greedy decomposition, of vectors and matrices; where Kronecker products stall',
  parts: (quick) => [
    rowsPart('vectors of 4096', vectorRows),
    ...MATRICES.map((row) => rowsPart(row.name, (context) => matrixRows(row, context))),
    ...(quick ? [] : [rowsPart('a normal matrix of 500 × 200', paperRow)]),
    rowsPart('truncation', truncationRows),
  ],
};

const LENGTH = 4096;
/** Vectors whose median counts. */
const VECTORS = 5;

function vectorRows({ seed }: StudyContext): StudyRow[] {
  const seeds = Array.from({ length: VECTORS }, (_, i) => seed + 10 * i);
  const measured = { unit: 'steps', tolerance: 0.1, note: 'measured; median of five' };
  const steps = (x: (seed: number) => Float32Array) =>
    median(seeds.map((s) => countSteps(x(s), createKernelWorkspace(LENGTH, s), 200).steps));
  const normal = seeds.map((s) =>
    decomposeGreedily(normalVector(LENGTH, s), createKernelWorkspace(LENGTH, s), {
      tolerance: TOLERANCE,
      maxSteps: 200,
    }),
  );
  const constants = normal.map(({ u, v }) => [largest(u), largest(v)].sort((a, b) => a - b));
  const constant = { unit: '√N‖·‖∞ / ‖x‖', tolerance: 0.08, note: 'measured; median of five' };
  return [
    compared({
      what: 'normal vector',
      published: 30,
      ours: median(normal.map(({ residual }) => residual.length - 1)),
      ...measured,
    }),
    compared({
      what: 'normal vector, residual after the first step',
      published: Math.sqrt(1 - 2 / Math.PI),
      ours: median(normal.map(({ residual }) => residual[1]!)),
      unit: 'of the norm',
      tolerance: 0.02,
      note: 'theory: √(1 − 2/π)',
    }),
    compared({
      what: 'normal vector, factor with the larger constant',
      published: 1.47,
      ours: median(constants.map(([, larger]) => larger!)),
      ...constant,
    }),
    compared({
      what: 'normal vector, other factor',
      published: 0.54,
      ours: median(constants.map(([smaller]) => smaller!)),
      ...constant,
    }),
    compared({
      what: 'normal vector with eight spikes of 40σ',
      published: 34,
      ours: steps((s) => spikedVector(LENGTH, s)),
      ...measured,
    }),
    compared({
      what: 'vector of one number',
      published: 38,
      ours: steps(() => oneHotVector(LENGTH)),
      ...measured,
    }),
  ];
}

type Kronecker = Extract<TransformId, 'haar' | 'dct' | 'signed-hadamard'>;

interface MatrixRow {
  readonly name: string;
  readonly make: (rows: number, columns: number, seed: number) => Matrix;
  /** Steps by the transform; infinite where more than 1500 were measured. */
  readonly kronecker: Readonly<Record<Kronecker, number>>;
  readonly flattened: number;
}

const MATRICES: readonly MatrixRow[] = [
  {
    name: 'normal matrix',
    make: normalMatrix,
    kronecker: { haar: 30, dct: 30, 'signed-hadamard': 30 },
    flattened: 30,
  },
  {
    name: 'Student-t3 matrix',
    make: studentMatrix,
    kronecker: { haar: 31, dct: 30, 'signed-hadamard': 30 },
    flattened: 30,
  },
  {
    name: 'rows of log-normal size',
    make: scaledRowsMatrix,
    kronecker: { haar: Infinity, dct: 1243, 'signed-hadamard': Infinity },
    flattened: 31,
  },
  {
    name: 'three columns 50 times as large',
    make: outlierColumnsMatrix,
    kronecker: { haar: Infinity, dct: Infinity, 'signed-hadamard': Infinity },
    flattened: 34,
  },
  {
    name: 'rank one and 5 % noise',
    make: nearRankOneMatrix,
    kronecker: { haar: 1201, dct: 496, 'signed-hadamard': 1304 },
    flattened: 30,
  },
];

/** Steps beyond which the reference stopped. */
const REFERENCE_LIMIT = 1500;

function matrixRows({ name, make, kronecker, flattened }: MatrixRow, context: StudyContext): StudyRow[] {
  const matrix = make(256, 512, context.seed);
  const { rows, columns, values } = matrix;
  const transforms: readonly Kronecker[] = context.quick
    ? ['signed-hadamard']
    : ['haar', 'dct', 'signed-hadamard'];
  const products = transforms.map((id) => {
    const product = createModeProduct([
      createTransform(id, rows, context.seed),
      createTransform(id, columns, context.seed + 1),
    ]);
    // A step with two Haar matrices takes 200 million operations.
    const limit = context.quick ? 100 : id === 'haar' ? 300 : REFERENCE_LIMIT;
    return stallRow(`${name}, Kronecker ${id}`, kronecker[id], matrix, product, limit);
  });
  const full = countSteps(values, createKernelWorkspace(values.length, context.seed), 200);
  return [
    ...products,
    compared({
      what: `${name}, flattened`,
      published: flattened,
      ours: full.steps,
      unit: 'steps',
      tolerance: 0.1,
      note: 'measured',
    }),
  ];
}

/**
 * Steps up to a limit. Matrices of one kind differ, and where steps are slow their number differs much: within a
 * factor of two it counts as the published one.
 */
function stallRow(
  what: string,
  published: number,
  { values, rows }: Matrix,
  product: OrthogonalTransform,
  limit: number,
): StudyRow {
  const count = countSteps(values, createWorkspace(product), limit);
  if (count.finished && Number.isFinite(published)) {
    const tolerance = published > 100 ? 0.5 : 0.1;
    return compared({ what, published, ours: count.steps, unit: 'steps', tolerance, note: 'measured' });
  }
  const figures = {
    what,
    published: Number.isFinite(published) ? published : `> ${REFERENCE_LIMIT}`,
    ours: count.finished ? count.steps : `> ${limit}`,
    unit: 'steps',
  };
  if (count.finished) return { ...figures, verdict: 'better', note: 'measured' };
  const { residual, flatness } = count;
  return {
    ...figures,
    verdict: published >= limit ? 'as published' : 'worse',
    note:
      `measured; ours stopped at residual ${residual.toExponential(1)}, ρ ${flatness.toFixed(2)}, ` +
      `for ${stallCause(measureUnevenness(values, rows))}`,
  };
}

function paperRow({ seed }: StudyContext): StudyRow[] {
  const { values } = normalMatrix(500, 200, seed);
  const product = createModeProduct([
    createTransform('haar', 500, seed),
    createTransform('haar', 200, seed + 1),
  ]);
  return [
    compared({
      what: 'normal matrix of 500 × 200, Kronecker haar',
      published: 29,
      ours: countSteps(values, createWorkspace(product), 100).steps,
      unit: 'steps',
      tolerance: 0.1,
      note: 'Merkulov et al. 2024',
    }),
  ];
}

/** The guarantee of Lyubarskii and Vershynin: no coefficient above K‖x‖/√N of the N = 2n. */
function truncationRows({ seed }: StudyContext): StudyRow[] {
  const involution = createKernelInvolution(LENGTH, seed);
  return [
    { eta: 0.9, delta: 1 },
    { eta: 0.6, delta: 2 },
  ].map((levels) => {
    const { u, v, residual } = decomposeByTruncation(normalVector(LENGTH, seed), involution, levels, {
      tolerance: TOLERANCE,
      maxSteps: 200,
    });
    return compared({
      what: `truncation, η = ${levels.eta}, δ = ${levels.delta}: largest coefficient`,
      published: 1 / ((1 - levels.eta) * Math.sqrt(levels.delta)),
      ours: 2 * Math.max(largest(u), largest(v)),
      unit: '‖x‖/√N',
      tolerance: 1e-3,
      note: `a bound: K = 1/((1 − η)√δ); ${residual.length - 1} steps`,
    });
  });
}

function largest(z: Float32Array): number {
  return z.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
