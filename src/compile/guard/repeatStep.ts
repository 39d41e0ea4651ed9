import type { Tensor } from '@tensorflow/tfjs';
import { handleOf, type Handle, type NodeBackend, type TensorValues } from '../node/backend';
import type { Program } from '../program/program';
import { CannotCompile } from '../record/refusal';
import type { CompiledProgram } from '../session/compiledProgram';
import type { Snapshot } from './snapshot';

/** A recorded step as its session repeated it. */
export interface RepeatedStep {
  readonly results: readonly TensorValues[];
  /** What each variable held before and after, in the order of the slots. */
  readonly starts: readonly Tensor[];
  readonly ends: readonly TensorValues[];
}

/**
 * Repeats a recorded step in its session, from the state before it and with its random numbers. TensorFlow prepares
 * here what later steps run, and so takes most of the time.
 * @param count how many of the results to fetch; readings are not among them, for a count in a histogram may change
 *   with the last bit of a gradient
 * @param before the state in which the step began
 * @throws CannotCompile where the step makes variables
 */
export function repeatStep(
  backend: NodeBackend,
  compiled: CompiledProgram,
  program: Program,
  inputs: readonly Tensor[],
  count: number,
  before: Snapshot,
): RepeatedStep {
  const { binding } = backend;
  const { slots, draws } = compiled.lowered;
  const starts = slots.map(({ variable }) => {
    const start = before.of(variable());
    if (start === undefined) throw new CannotCompile('the step makes variables');
    return start;
  });
  const numbers: number[] = [];
  try {
    compiled.write(starts.map((start) => handleOf(backend, start)));
    const recorded = new Map(
      draws.map(({ value, name }) => {
        const constant = program.values[value]!;
        if (constant.kind !== 'constant') throw new Error('A draw is no constant.');
        const handle = binding.createTensor(constant.shape, constant.dtype, constant.data);
        numbers.push(handle);
        return [name, handle];
      }),
    );
    const results = take(backend, compiled.run(inputs, 0, count, recorded));
    return { results, starts, ends: take(backend, compiled.read()) };
  } finally {
    for (const handle of numbers) binding.deleteTensor(handle);
  }
}

/** The values of some handles, which are deleted. */
function take({ binding }: NodeBackend, handles: readonly Handle[]): TensorValues[] {
  try {
    return handles.map(({ id }) => binding.tensorDataSync(id));
  } finally {
    for (const { id } of handles) binding.deleteTensor(id);
  }
}
