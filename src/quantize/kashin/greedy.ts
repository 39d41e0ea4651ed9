import type { Involution } from '../../math/involution';

/** x ≈ scale · (u + P v), both factors with small max-norm. */
export interface Decomposition {
  /** Root mean square of x, rounded to float32; the factors are in units of it. */
  readonly scale: number;
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** What each step added to its factor, in the order of the steps. */
  readonly steps: { readonly u: readonly number[]; readonly v: readonly number[] };
  /** ‖r‖₂ / ‖x‖₂ after each step, starting with 1. */
  readonly residual: readonly number[];
  readonly stop: StopCause;
}

/**
 * `stalled`: the step sizes fell so far below the residual that the rest would take many times the
 * usual number of steps. `flatness` is ρ = max(‖r‖₁, ‖Pr‖₁) / (√n·‖r‖₂) at the end, about 0.75 in health.
 */
export type StopCause =
  { readonly cause: 'converged' } | { readonly cause: 'stalled' | 'step limit'; readonly flatness: number };

export interface DecomposeOptions {
  /** Residual to stop at, relative to ‖x‖₂. */
  readonly tolerance: number;
  readonly maxSteps: number;
  /** Awaited after each step with the residual; may throw. */
  readonly afterStep?: (residual: number) => Promise<void>;
}

const SIGN_BIT = 1 << 31;

/** A step multiplies the residual by √(1 − ρ²): 0.98 at this ρ, where 0.6 to 0.7 is usual. */
const STALLED_FLATNESS = 0.2;
/** Slow steps in a row that make a stall; single ones occur and pass. */
const STALLED_STEPS = 10;

/**
 * Greedy Kashin decomposition of a vector (Merkulov et al., "Quantization of Large Language Models with an
 * Overdetermined Basis", UAI 2024, algorithm 1).
 *
 * Each step projects the residual on the nearest vertex of the cube {±1}ⁿ or of the rotated cube P{±1}ⁿ,
 * whichever is nearer; ‖r‖₁/n and ‖Pr‖₁/n are the exact step lengths. P is symmetric and its own inverse,
 * so y = P r is carried along with r, and one transform a step serves both: where u receives s, r loses s
 * and y loses P s; where v receives s, y loses s and r loses P s.
 *
 * Works in float32 with sums in float64: the tracked residual strays from the true one by about 1e-7 of
 * ‖x‖₂. Holds five float32 vectors of the length of x. A vector whose root mean square is zero in
 * float32 has factors of zeros.
 */
export async function decompose(
  x: Float32Array,
  involution: Involution,
  { tolerance, maxSteps, afterStep }: DecomposeOptions,
): Promise<Decomposition> {
  const n = x.length;
  const scale = rootMeanSquare(x);
  const u = new Float32Array(n);
  const v = new Float32Array(n);
  const steps = { u: [] as number[], v: [] as number[] };
  const residual = [1];
  if (scale === 0) return { scale, u, v, steps, residual, stop: { cause: 'converged' } };

  const r = new Float32Array(n);
  for (let i = 0; i < n; i++) r[i] = x[i]! / scale;
  const y = r.slice();
  involution.apply(y);
  const step = new Float32Array(n);

  let rNorms = norms(r);
  let ySum = norms(y).sum;
  let slowSteps = 0;
  for (;;) {
    const largest = Math.max(rNorms.sum, ySum);
    const flatness = largest / Math.sqrt(n * rNorms.squares);
    if (residual.at(-1)! <= tolerance) return { scale, u, v, steps, residual, stop: { cause: 'converged' } };
    slowSteps = flatness < STALLED_FLATNESS ? slowSteps + 1 : 0;
    if (slowSteps >= STALLED_STEPS) {
      return { scale, u, v, steps, residual, stop: { cause: 'stalled', flatness } };
    }
    if (residual.length > maxSteps) {
      return { scale, u, v, steps, residual, stop: { cause: 'step limit', flatness } };
    }

    const length = Math.fround(largest / n);
    if (rNorms.sum > ySum) {
      rNorms = moveSigns(r, u, step, length);
      involution.apply(step);
      ySum = subtract(y, step).sum;
      steps.u.push(length);
    } else {
      ySum = moveSigns(y, v, step, length).sum;
      involution.apply(step);
      rNorms = subtract(r, step);
      steps.v.push(length);
    }
    residual.push(Math.sqrt(rNorms.squares / n));
    await afterStep?.(residual.at(-1)!);
  }
}

/** √(‖x‖₂² / n), summed in float64, rounded to float32. */
function rootMeanSquare(x: Float32Array): number {
  return Math.fround(Math.sqrt(norms(x).squares / x.length));
}

interface Norms {
  /** ‖·‖₁ */
  readonly sum: number;
  /** ‖·‖₂² */
  readonly squares: number;
}

function norms(z: Float32Array): Norms {
  let sum = 0;
  let squares = 0;
  const { length } = z;
  for (let i = 0; i < length; i++) {
    const value = z[i]!;
    sum += Math.abs(value);
    squares += value * value;
  }
  return { sum, squares };
}

/** z −= step; returns the norms of what is left. */
function subtract(z: Float32Array, step: Float32Array): Norms {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < z.length; i++) {
    const value = Math.fround(z[i]! - step[i]!);
    z[i] = value;
    sum += Math.abs(value);
    squares += value * value;
  }
  return { sum, squares };
}

/**
 * step = length · sign(from); to += step; from −= step. Returns the norms of what is left of `from`. The
 * sign bit is copied rather than tested: the signs are random, and a branch would be mispredicted every
 * other time.
 */
function moveSigns(from: Float32Array, to: Float32Array, step: Float32Array, length: number): Norms {
  const fromBits = new Int32Array(from.buffer, from.byteOffset, from.length);
  const stepBits = new Int32Array(step.buffer, step.byteOffset, step.length);
  step[0] = length;
  const lengthBits = stepBits[0]!;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < from.length; i++) {
    stepBits[i] = lengthBits | (fromBits[i]! & SIGN_BIT);
    const signed = step[i]!;
    to[i] = to[i]! + signed;
    const left = Math.fround(from[i]! - signed);
    from[i] = left;
    sum += Math.abs(left);
    squares += left * left;
  }
  return { sum, squares };
}
