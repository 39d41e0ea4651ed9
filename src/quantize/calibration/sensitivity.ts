import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import type { CalibratableModel } from './runnableModel';
import type { Samples } from './samples';

/** A tensor as it is when it alone is coded. */
export interface CodedAlone {
  /** In the order of the tensor. */
  readonly values: Float32Array;
  /** κ: row c was coded with the step κ·U_cc. */
  readonly step: number;
}

export interface SensitivityOptions {
  readonly tensors: readonly string[];
  /** Codes one tensor at a middling rate. */
  readonly code: (tensor: string, weights: Float32Array) => Promise<CodedAlone>;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of samples that have gone through. */
  readonly onProgress?: ((samples: number) => void) | undefined;
}

/**
 * How much the model's output suffers from each tensor: every one is coded alone, and the mean square of the
 * output's change, relative to the output, divided by κ². That is what a layer's error is worth: errors of
 * small steps grow with the square of the step, and those of several layers add up.
 *
 * @param model of `source`
 * @param samples others than those that the tensors' statistics come from
 */
export async function measureSensitivities(
  tf: TensorFlow,
  { source, model }: { readonly source: Model; readonly model: CalibratableModel },
  samples: Samples,
  { tensors, code, signal, onProgress }: SensitivityOptions,
): Promise<ReadonlyMap<string, number>> {
  let done = 0;
  const outputsOf = async (runnable: CalibratableModel): Promise<Float32Array[]> => {
    const all: Float32Array[] = [];
    for (let sample = 0; sample < samples.count; sample++) {
      signal?.throwIfAborted();
      const feeds = samples.feeds(sample, sample + 1);
      const results = await runnable.run(feeds);
      for (const result of results) {
        if (result.dtype === 'float32') all.push(Float32Array.from(await result.data<'float32'>()));
      }
      tf.dispose([feeds, [...results]]);
      onProgress?.(++done);
    }
    return all;
  };
  const original = await outputsOf(model);
  const sensitivities = new Map<string, number>();
  for (const tensor of tensors) {
    const { values, step } = await code(tensor, await source.readFloat32(tensor));
    const changed = await model.changed(tensor, values);
    try {
      sensitivities.set(tensor, relativeError(original, await outputsOf(changed)) / step ** 2);
    } finally {
      changed.dispose();
    }
  }
  return sensitivities;
}

/** Sum of the squared changes over the sum of the squares. */
function relativeError(original: readonly Float32Array[], changed: readonly Float32Array[]): number {
  let error = 0;
  let energy = 0;
  for (const [k, output] of original.entries()) {
    const other = changed[k]!;
    for (let i = 0; i < output.length; i++) {
      error += (output[i]! - other[i]!) ** 2;
      energy += output[i]! ** 2;
    }
  }
  return error === 0 ? 0 : error / energy;
}
