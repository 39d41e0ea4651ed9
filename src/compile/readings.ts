import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';

/** What a step with readings returns: its value, and more tensors where they are wanted. */
export interface Reported<Result, Readings> {
  readonly value: Result;
  readonly readings: Readings;
}

/** A step that is told whether readings are wanted. */
export type Step<Result, Readings, Inputs extends readonly Tensor[] = readonly Tensor[]> = (
  wantsReadings: boolean,
  ...inputs: Inputs
) => Reported<Result, Readings | undefined>;

/** Runs a step as it is. */
export function runAsItIs<Result, Readings, Inputs extends readonly Tensor[]>(
  tf: TensorFlow,
  step: Step<Result, Readings, Inputs>,
  wantsReadings: boolean,
  inputs: Inputs,
): Reported<Result, Readings | undefined> {
  const reported = step(wantsReadings, ...inputs);
  return wantsReadings ? reported : withoutReadings(tf, reported);
}

/** Disposes readings that nobody asked for. */
export function withoutReadings<Result, Readings>(
  tf: TensorFlow,
  { value, readings }: Reported<Result, Readings>,
): Reported<Result, undefined> {
  tf.dispose(readings as Tensor | undefined);
  return { value, readings: undefined };
}
