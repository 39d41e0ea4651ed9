import type { QuantizeSummary, TensorResult } from '../../../src/protocol/events';
import type { RunModel } from '../runModel';

/** Number of weights of a tensor. */
export function weights(tensor: TensorResult): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

/** The closing figures of a quantization; absent while it runs. */
export function closingFigures(run: RunModel): QuantizeSummary | undefined {
  const summary = run.finished?.summary;
  return summary?.job === 'quantize' ? summary : undefined;
}

/** Squared error over squared weights, of all these tensors together. */
export function pooledDistortion(tensors: readonly TensorResult[]): number {
  let error = 0;
  let signal = 0;
  for (const tensor of tensors) {
    // A tensor's energy is its MSE over its distortion, times its weights.
    if (!(tensor.distortion > 0)) continue;
    error += tensor.mse * weights(tensor);
    signal += (tensor.mse / tensor.distortion) * weights(tensor);
  }
  return signal > 0 ? error / signal : 0;
}

/** True bits a weight of all these tensors together. */
export function pooledBits(tensors: readonly TensorResult[]): number {
  const count = tensors.reduce((sum, tensor) => sum + weights(tensor), 0);
  return tensors.reduce((sum, tensor) => sum + tensor.bits * weights(tensor), 0) / count;
}

/** What the bytes of a model in the native form are. */
export interface NativeBytes {
  readonly all: number;
  /** Codes of the quantized tensors, with their scales, levels and tables. */
  readonly quantized: number;
  /** Tensors that were copied. */
  readonly kept: number;
  /** Names, shapes and what else is needed to read the file. */
  readonly rest: number;
  /** The topology of a TensorFlow.js model, in a file beside it; 0 of other models. */
  readonly topology: number;
}

/** The native form that a finished quantization wrote, or would have written. */
export function nativeBytes(run: RunModel): NativeBytes | undefined {
  const summary = closingFigures(run);
  if (!summary) return undefined;
  const bytesOf = (action: TensorResult['action']) =>
    run.tensors
      .filter((tensor) => tensor.action === action)
      .reduce((sum, tensor) => sum + (tensor.bits * weights(tensor)) / 8, 0);
  const parameters = run.tensors.reduce((sum, tensor) => sum + weights(tensor), 0);
  const file = (summary.bitsPerWeight.file * parameters) / 8;
  const quantized = bytesOf('quantized');
  const kept = bytesOf('kept');
  const { topology = 0 } = summary.bytes;
  return { all: file + topology, quantized, kept, rest: Math.max(0, file - quantized - kept), topology };
}
