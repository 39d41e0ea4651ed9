import type { Decomposition, Side } from './decomposition/decomposition';

/** How the decompositions of many vectors went, together. Plain data: it crosses threads. */
export interface DecompositionRecord {
  readonly vectors: number;
  /** ‖x‖₂² of all vectors. */
  readonly energy: number;
  /** Σ ‖r‖₂² after each step, starting with `energy`; a vector that has ended keeps its last residual. */
  readonly left: readonly number[];
  /** Σ ‖r‖₂² and Σ ρ²‖r‖₂² of the vectors that still had a step before them. */
  readonly running: readonly number[];
  readonly flat: readonly number[];
  /** Vectors that stopped before the tolerance. */
  readonly stalled: number;
  readonly stepLimit: number;
  /** Largest magnitude of each factor. */
  readonly largest: Readonly<Record<Side, number>>;
}

/** Of one vector. */
export function recordOf({ scale, u, v, residual, flatness, stop }: Decomposition): DecompositionRecord {
  const energy = scale * scale * u.length;
  const running = residual.map((r) => energy * r * r);
  return {
    vectors: 1,
    energy,
    left: running,
    running,
    flat: running.map((square, k) => square * flatness[k]! ** 2),
    stalled: stop === 'stalled' ? 1 : 0,
    stepLimit: stop === 'step limit' ? 1 : 0,
    largest: { u: largestMagnitude(u), v: largestMagnitude(v) },
  };
}

/** Of all vectors of both. */
export function mergeRecords(a: DecompositionRecord, b: DecompositionRecord): DecompositionRecord {
  const energy = a.energy + b.energy;
  const larger = (side: Side) => Math.max(a.largest[side], b.largest[side]);
  return {
    vectors: a.vectors + b.vectors,
    energy,
    left: addLists(a.left, b.left, a.left.at(-1)!, b.left.at(-1)!),
    running: addLists(a.running, b.running, 0, 0),
    flat: addLists(a.flat, b.flat, 0, 0),
    stalled: a.stalled + b.stalled,
    stepLimit: a.stepLimit + b.stepLimit,
    largest: { u: larger('u'), v: larger('v') },
  };
}

/** Sums entry by entry; a list that has ended goes on with its `rest`. */
function addLists(a: readonly number[], b: readonly number[], restA: number, restB: number): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, k) => (a[k] ?? restA) + (b[k] ?? restB));
}

function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
