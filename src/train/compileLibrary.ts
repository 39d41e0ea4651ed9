import { createRequire } from 'node:module';
import path from 'node:path';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import {
  compile as compileStep,
  compileReadable as compileReadableStep,
  type CompiledStep,
  type CompileOptions as StepOptions,
  type ReadableStep,
  type Reported,
} from '../compile/compile';
import { compileModel as compileLayersModel, type CompiledModel } from '../compile/compileModel';
import type { TensorFlow } from '../engine/engine';
import { UserError } from '../protocol/userError';

export interface CompileOptions extends StepOptions {
  /** The TensorFlow.js that the step uses; `@tensorflow/tfjs-node` of the program where absent. */
  readonly tf?: TensorFlow;
}

/**
 * Makes a training step fast on tfjs-node: it runs as one TensorFlow graph, and what cannot be compiled runs as
 * it is. `step.info()` tells which, why, and how fast.
 *
 * @example
 * const step = compile((x, y) => optimizer.minimize(() => loss(model.apply(x), y), true));
 * for (const { xs, ys } of batches) step(xs, ys).dispose();
 */
export function compile<Inputs extends readonly Tensor[], Result>(
  step: (...inputs: Inputs) => Result,
  { tf, ...options }: CompileOptions = {},
): CompiledStep<Inputs, Result> {
  return compileStep(tf ?? programsTensorFlow(), step, options);
}

/**
 * As `compile`, for a step that can say more than its value, at the steps where that is wanted.
 *
 * @example
 * const step = compileReadable((wantsReadings, x, y) => {
 *   const { value, grads } = tf.variableGrads(() => loss(model.apply(x), y));
 *   optimizer.applyGradients(grads);
 *   return { value, readings: wantsReadings ? tf.norm(grads['dense/kernel']) : undefined };
 * });
 * const { value, readings } = i % 100 === 0 ? step.read(x, y) : { value: step(x, y) };
 */
export function compileReadable<Inputs extends readonly Tensor[], Result, Readings>(
  step: (wantsReadings: boolean, ...inputs: Inputs) => Reported<Result, Readings | undefined>,
  { tf, ...options }: CompileOptions = {},
): ReadableStep<Inputs, Result, Readings> {
  return compileReadableStep(tf ?? programsTensorFlow(), step, options);
}

/** Makes `fit`, `fitDataset` and `evaluate` of a layers model fast on tfjs-node. */
export function compileModel(
  model: LayersModel,
  { tf, ...options }: Omit<CompileOptions, 'rehearse'> = {},
): CompiledModel {
  return compileLayersModel(tf ?? programsTensorFlow(), model, options);
}

let served: TensorFlow | undefined;

/** Says which TensorFlow.js experiments of this process import. */
export function serveTensorFlow(tf: TensorFlow): void {
  served = tf;
}

/** The TensorFlow.js that an experiment was served, or the one that the user's program has installed. */
export function programsTensorFlow(): TensorFlow {
  if (served !== undefined) return served;
  const program = process.argv[1] ?? path.join(process.cwd(), 'program.js');
  try {
    return createRequire(program)('@tensorflow/tfjs-node') as TensorFlow;
  } catch (cause) {
    throw new UserError(
      'engine-unusable',
      'Weightroom does not find the TensorFlow.js of this program.',
      'Pass it: { tf } among the options.',
      { cause },
    );
  }
}
