import { vectorsOf, type KashinChunk, type KashinCoding } from './coding';
import { decomposeAlternating } from './decomposition/alternating';
import type { Decomposition, DecomposeOptions } from './decomposition/decomposition';
import { decomposeGreedily } from './decomposition/greedy';
import { createKernelWorkspace } from './decomposition/kernelWorkspace';
import { decomposeByTruncation } from './decomposition/truncation';
import { createWorkspace, type Workspace } from './decomposition/workspace';
import { mergeRecords, recordOf, type DecompositionRecord } from './decompositionRecord';
import { matricesOf } from './matrices';
import type { Steps } from './separateCodebooks';

export type KashinAlgorithm = 'greedy' | 'alternating' | 'truncation';

/**
 * The error of four levels a factor is about 0.13 of the norm (D ≈ 0.017) whatever the residual; at 1e-3 the residual
 * adds 6e-5 to it in energy, and going on to 1e-6 would double the time. Steps this small do not move the
 * levels either.
 */
const OPTIONS: DecomposeOptions = { tolerance: 1e-3, maxSteps: 200 };

/**
 * Among the levels tried for 2 + 2 bits on normal numbers, D = 0.039 against 0.050 at the usual η = 0.9 and δ = 1;
 * smaller K lose less, and take more steps on spiked vectors.
 */
const LEVELS = { eta: 0.6, delta: 2 };

/** Factors of a chunk, each vector in units of its own root mean square. */
export interface ChunkFactors {
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly record: DecompositionRecord;
  /** Of each vector. */
  readonly steps: readonly Steps[];
}

/** Decomposes the vectors of a chunk, given its elements. */
export function decomposeChunk(
  algorithm: KashinAlgorithm,
  coding: KashinCoding,
  chunk: KashinChunk,
  values: Float32Array,
): ChunkFactors {
  const decompose = decomposer(algorithm, coding);
  const u = new Float32Array(values.length);
  const v = new Float32Array(values.length);
  const steps: Steps[] = [];
  let record: DecompositionRecord | undefined;
  for (const { start, end } of vectorsOf(chunk, coding.vectorLength)) {
    const decomposition = decompose(values.subarray(start, end));
    u.set(decomposition.u, start);
    v.set(decomposition.v, start);
    steps.push(decomposition.steps);
    const own = recordOf(decomposition);
    record = record === undefined ? own : mergeRecords(record, own);
  }
  return { u, v, steps, record: record! };
}

/** Decomposes vectors one after another; what is needed for a length is made once. */
export function decomposer(
  algorithm: KashinAlgorithm,
  coding: KashinCoding,
): (x: Float32Array) => Decomposition {
  const matrices = matricesOf(coding);
  if (algorithm === 'truncation') return (x) => decomposeByTruncation(x, matrices(x.length), LEVELS, OPTIONS);
  const workspaces = new Map<number, Workspace>();
  const workspace = (length: number): Workspace => {
    let made = workspaces.get(length);
    if (!made) {
      made =
        coding.columns === undefined
          ? createKernelWorkspace(length, coding.seed)
          : createWorkspace(matrices(length));
      workspaces.set(length, made);
    }
    return made;
  };
  const decompose = algorithm === 'greedy' ? decomposeGreedily : decomposeAlternating;
  return (x) => decompose(x, workspace(x.length), OPTIONS);
}
