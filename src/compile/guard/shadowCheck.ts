import type { Tensor } from '@tensorflow/tfjs';
import type { Handle, NodeBackend } from '../node/backend';
import { handleOf } from '../node/backend';
import type { Program } from '../program/program';
import { CannotCompile } from '../record/refusal';
import type { CompiledProgram } from '../session/compiledProgram';
import type { Snapshot } from './snapshot';

/** Largest difference of what the step returns, in units of its largest entry. */
const RESULT_TOLERANCE = 1e-4;
/**
 * Largest difference of the update, as a part of its norm. Rounding alone makes up to a few percent in the
 * first steps of Adam, which divides gradients near zero by their own size; a wrong graph makes 100.
 */
const UPDATE_TOLERANCE = 0.05;

/**
 * Repeats a recorded step in its session, from the state before it and with its random numbers, and compares.
 * @param results what the recorded step returned; readings are not among them, for a count in a histogram may
 *   change with the last bit of a gradient
 * @param before the state in which it began; the variables hold what it left
 * @throws CannotCompile where the session computes something else
 */
export function shadowCheck(
  backend: NodeBackend,
  compiled: CompiledProgram,
  program: Program,
  inputs: readonly Tensor[],
  results: readonly Tensor[],
  before: Snapshot,
): void {
  const { binding } = backend;
  const { slots, draws } = compiled.lowered;
  const own: number[] = [];
  const owned = (handles: readonly Handle[]): readonly Handle[] => {
    own.push(...handles.map(({ id }) => id));
    return handles;
  };
  try {
    const starts = slots.map(({ variable }) => {
      const start = before.of(variable());
      if (start === undefined) throw new CannotCompile('the step makes variables');
      return start;
    });
    compiled.write(starts.map((start) => handleOf(backend, start)));
    const recorded = new Map(
      draws.map(({ value, name }) => {
        const constant = program.values[value]!;
        if (constant.kind !== 'constant') throw new Error('A draw is no constant.');
        const handle = binding.createTensor(constant.shape, constant.dtype, constant.data);
        own.push(handle);
        return [name, handle];
      }),
    );
    const returned = owned(compiled.run(inputs, 0, results.length, recorded));
    results.forEach((result, i) => {
      const error = difference(binding.tensorDataSync(returned[i]!.id), result.dataSync());
      if (!(error <= RESULT_TOLERANCE)) {
        throw new CannotCompile(`the compiled step returns something else (by ${error.toExponential(1)})`);
      }
    });
    const ends = owned(compiled.read());
    const groups = new Map<string, Distance>();
    slots.forEach(({ variable, group }, i) => {
      const distance = groups.get(group) ?? new Distance();
      groups.set(group, distance);
      distance.add(starts[i]!.dataSync(), variable().dataSync(), binding.tensorDataSync(ends[i]!.id));
    });
    for (const [group, { relative }] of groups) {
      if (relative <= UPDATE_TOLERANCE) continue;
      const percent = (100 * relative).toPrecision(2);
      throw new CannotCompile(`the compiled step moves the ${group} differently (by ${percent} %)`);
    }
  } finally {
    for (const handle of own) binding.deleteTensor(handle);
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
