import { createTransform, type TransformId } from '../../math/orthogonal/create';
import type { StudyRow } from '../../protocol/study';
import { createWorkspace } from '../../quantize/kashin/decomposition/workspace';
import { compared } from '../rows';
import { cosineVector, normalVector, oneHotVector, spikedVector } from './sources';
import { rowsPart, type Study, type StudyContext } from '../study';
import { countSteps, type StepCount } from './steps';

/**
 * Steps of the greedy decomposition with each matrix Q, on vectors with and without structure. Figures come from
 * a reference program for the published method.
 */
export const transforms: Study = {
  id: 'kashin/transforms',
  title: 'Which matrices Q serve the decomposition, and which fail on vectors with structure',
  parts: () => TRANSFORM_ROWS.map((row) => rowsPart(row.id, (context) => transformRows(row, context))),
};

const LENGTH = 4096;

const VECTORS = {
  'normal numbers': (length: number, seed: number) => normalVector(length, seed),
  'eight spikes of 40σ': (length: number, seed: number) => spikedVector(length, seed),
  'one number': (length: number) => oneHotVector(length),
  'a cosine': (length: number) => cosineVector(length),
};
type VectorKind = keyof typeof VECTORS;

interface TransformRow {
  readonly id: TransformId;
  readonly limit: number;
  /** Steps to 1e-6. */
  readonly steps: Readonly<Partial<Record<VectorKind, number>>>;
  /** Residuals at the limit. */
  readonly residual?: Readonly<Partial<Record<VectorKind, number>>>;
  readonly tolerance: number;
  readonly note: string;
}

/** One matrix of each kind is drawn: healthy ones differ by a few steps, slow ones by the vector's details. */
const HEALTHY = { limit: 100, tolerance: 0.25 };
const SLOW = { limit: 600, tolerance: 0.5 };

const TRANSFORM_ROWS: readonly TransformRow[] = [
  {
    id: 'haar',
    steps: { 'normal numbers': 30, 'eight spikes of 40σ': 34, 'one number': 38, 'a cosine': 28 },
    note: 'measured',
    ...HEALTHY,
  },
  {
    id: 'butterfly',
    steps: { 'normal numbers': 30, 'eight spikes of 40σ': 34, 'one number': 38, 'a cosine': 28 },
    note: 'published as the same as haar',
    ...HEALTHY,
  },
  {
    id: 'signed-hadamard',
    steps: { 'normal numbers': 30, 'eight spikes of 40σ': 34, 'one number': 38, 'a cosine': 28 },
    note: 'measured as the same as haar',
    ...HEALTHY,
  },
  {
    id: 'signed-dct',
    steps: { 'normal numbers': 30, 'eight spikes of 40σ': 34, 'one number': 38, 'a cosine': 28 },
    note: 'measured as the same as haar',
    ...HEALTHY,
  },
  {
    id: 'dct',
    steps: { 'normal numbers': 30, 'eight spikes of 40σ': 150, 'one number': 306, 'a cosine': 233 },
    note: 'measured',
    ...SLOW,
  },
  {
    id: 'hadamard',
    steps: { 'normal numbers': 30, 'eight spikes of 40σ': 296 },
    note: 'measured: 291 to 301 with spikes',
    ...SLOW,
  },
  {
    id: 'householder',
    steps: {},
    residual: { 'eight spikes of 40σ': 0.26 },
    note: 'measured after 600 steps: 0.26 to 0.7, by the places of the spikes',
    ...SLOW,
    tolerance: 0.7,
  },
];

function transformRows(row: TransformRow, { quick, seed }: StudyContext): StudyRow[] {
  // A product with a Haar matrix of 4096 rows takes 33 million operations; steps hardly depend on the length.
  const length = quick && row.id === 'haar' ? 1024 : LENGTH;
  const workspace = createWorkspace(createTransform(row.id, length, seed));
  const count = (kind: VectorKind): StepCount =>
    countSteps(VECTORS[kind](length, seed), workspace, row.limit);
  const common = { tolerance: row.tolerance, note: row.note };
  return [
    ...entries(row.steps).map(([kind, published]) =>
      compared({ what: `${row.id}, ${kind}`, published, ours: count(kind).steps, unit: 'steps', ...common }),
    ),
    ...entries(row.residual ?? {}).map(([kind, published]) =>
      compared({
        what: `${row.id}, ${kind}: residual after ${row.limit} steps`,
        published,
        ours: count(kind).residual,
        unit: 'of the norm',
        ...common,
      }),
    ),
  ];
}

function entries(figures: Readonly<Partial<Record<VectorKind, number>>>): [VectorKind, number][] {
  return Object.entries(figures) as [VectorKind, number][];
}
