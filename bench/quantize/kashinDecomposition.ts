import { decomposeAlternating } from '../../src/quantize/kashin/decomposition/alternating';
import type { Decomposition, DecomposeOptions } from '../../src/quantize/kashin/decomposition/decomposition';
import { decomposeGreedily } from '../../src/quantize/kashin/decomposition/greedy';
import { createKernelWorkspace } from '../../src/quantize/kashin/decomposition/kernelWorkspace';
import type { Workspace } from '../../src/quantize/kashin/decomposition/workspace';
import {
  nearRankOneMatrix,
  normalMatrix,
  outlierColumnsMatrix,
  scaledRowsMatrix,
  type Matrix,
} from '../../src/studies/kashin/sources';
import type { BenchContext, BenchRow } from '../bench';
import { published, summarize, timeProcessor } from '../measure';

const [ROWS, COLUMNS] = [256, 512];
const OPTIONS: DecomposeOptions = { tolerance: 1e-6, maxSteps: 200 };

const ALGORITHMS = { greedy: decomposeGreedily, alternating: decomposeAlternating };

/** Steps of the published Kronecker form with Haar matrices, on matrices of the same kinds. */
const KRONECKER = 'Kronecker product of Haar matrices (reference program)';

const MATRICES: readonly {
  readonly id: string;
  readonly name: string;
  readonly make: (rows: number, columns: number, seed: number) => Matrix;
  readonly kronecker?: number;
}[] = [
  { id: 'normal', name: 'normal numbers', make: normalMatrix, kronecker: 30 },
  { id: 'rows', name: 'rows of log-normal size', make: scaledRowsMatrix },
  { id: 'columns', name: 'three columns 50 times as large', make: outlierColumnsMatrix },
  { id: 'rank-one', name: 'rank one and 5 % noise', make: nearRankOneMatrix, kronecker: 1201 },
];

/** Steps and speed of the decompositions to a residual of 1e-6, one thread, float32 in WebAssembly. */
export function* kashinDecomposition(context: BenchContext): Generator<BenchRow> {
  const { quick } = context;
  const times = quick ? 7 : 25;
  const seeds = quick ? [1, 2, 3] : [1, 2, 3, 4, 5, 6, 7];
  const workspace = createKernelWorkspace(ROWS * COLUMNS, 1);
  for (const { id, name, make, kronecker } of MATRICES) {
    context.progress(`Kashin decomposition of ${name}`);
    const matrices = seeds.map((seed) => make(ROWS, COLUMNS, seed).values);
    yield {
      id: `kashin.steps.${id}`,
      what: `greedy decomposition to 1e-6, ${ROWS} × ${COLUMNS}, ${name}, flattened`,
      unit: 'steps',
      ours: summarize(matrices.map((x) => stepsOf(decomposeGreedily(x, workspace, OPTIONS)))),
      peers: kronecker === undefined ? {} : { [KRONECKER]: published(kronecker) },
      target: 40,
      ...(kronecker === undefined && { note: `${KRONECKER}: not done after 1500` }),
    };
    yield speedRow(`kashin.decompose.${id}`, `greedy decomposition to 1e-6, ${ROWS} × ${COLUMNS}, ${name}`, {
      x: matrices[0]!,
      workspace,
      decompose: decomposeGreedily,
      times,
    });
  }
  for (const [algorithm, decompose] of Object.entries(ALGORITHMS)) {
    context.progress(`Kashin decomposition, ${algorithm}, long vectors`);
    const x = normalMatrix(1024, 1024, 1).values;
    yield speedRow(
      `kashin.decompose.${algorithm}.long`,
      `${algorithm} decomposition to 1e-6, a vector of 2²⁰`,
      {
        x,
        workspace: createKernelWorkspace(x.length, 1),
        decompose,
        times: quick ? 3 : 9,
      },
    );
  }
}

function speedRow(
  id: string,
  what: string,
  work: {
    readonly x: Float32Array;
    readonly workspace: Workspace;
    readonly decompose: (x: Float32Array, workspace: Workspace, options: DecomposeOptions) => Decomposition;
    readonly times: number;
  },
): BenchRow {
  const { x, workspace, decompose, times } = work;
  const seconds = timeProcessor(times, () => decompose(x, workspace, OPTIONS));
  const rate = (time: number) => x.length / time / 1e6;
  return {
    id,
    what: `${what}, one thread`,
    unit: 'million weights/s',
    ours: { median: rate(seconds.median), min: rate(seconds.max), max: rate(seconds.min) },
    peers: {},
    target: 3,
  };
}

function stepsOf({ residual }: Decomposition): number {
  return residual.length - 1;
}
