import type { Tensor } from '@tensorflow/tfjs';
import type { StateSlot } from '../lower/state';
import { CannotCompile } from '../record/refusal';
import type { RepeatedStep } from './repeatStep';

/** Largest difference of what the step returns, in units of its largest entry. */
const RESULT_TOLERANCE = 1e-4;
/**
 * Largest difference of the update, as a part of its norm. Rounding alone makes up to a few percent in the
 * first steps of Adam, which divides gradients near zero by their own size; a wrong graph makes 100.
 */
const UPDATE_TOLERANCE = 0.05;

/**
 * Compares a step that its session repeated with the recorded one.
 * @param slots the session's variables; they hold what the recorded step left
 * @param results what the recorded step returned
 * @throws CannotCompile where the session computes something else
 */
export function shadowCheck(
  slots: readonly StateSlot[],
  { results: returned, starts, ends }: RepeatedStep,
  results: readonly Tensor[],
): void {
  results.forEach((result, i) => {
    const error = difference(returned[i]!, result.dataSync());
    if (!(error <= RESULT_TOLERANCE)) {
      throw new CannotCompile(`the compiled step returns something else (by ${error.toExponential(1)})`);
    }
  });
  const groups = new Map<string, Distance>();
  slots.forEach(({ variable, group }, i) => {
    const distance = groups.get(group) ?? new Distance();
    groups.set(group, distance);
    distance.add(starts[i]!.dataSync(), variable().dataSync(), ends[i]!);
  });
  for (const [group, { relative }] of groups) {
    if (relative <= UPDATE_TOLERANCE) continue;
    const percent = (100 * relative).toPrecision(2);
    throw new CannotCompile(`the compiled step moves the ${group} differently (by ${percent} %)`);
  }
}

/** Largest difference, in units of the largest entry of `expected`; NaN where a NaN is new. */
function difference(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = 0;
  let scale = Number.MIN_VALUE;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [values[i]!, expected[i]!];
    if (Object.is(a, b)) continue;
    const distance = Math.abs(a - b);
    if (Number.isNaN(distance)) return NaN;
    error = Math.max(error, distance);
    scale = Math.max(scale, Math.abs(b));
  }
  return error === 0 ? 0 : error / scale;
}

/** How far two ends of a move are apart, as a part of the move. */
class Distance {
  private apart = 0;
  private moved = 0;

  add(start: ArrayLike<number>, end: ArrayLike<number>, other: ArrayLike<number>): void {
    for (let i = 0; i < start.length; i++) {
      if (!Object.is(end[i], other[i])) this.apart += (other[i]! - end[i]!) ** 2;
      this.moved += (end[i]! - start[i]!) ** 2;
    }
  }

  get relative(): number {
    if (this.apart === 0) return 0;
    return this.moved > 0 ? Math.sqrt(this.apart / this.moved) : Infinity;
  }
}
