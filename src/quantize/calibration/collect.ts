import type { TensorFlow } from '../../engine/engine';
import { LayerInputs } from './layerInputs';
import type { CalibratableModel } from './runnableModel';
import type { Samples } from './samples';
import type { LayerStatistics } from './statistics';

export interface CollectOptions {
  /** Tensors to gather statistics for, by name. */
  readonly tensors: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of samples that have gone through. */
  readonly onProgress?: ((samples: number) => void) | undefined;
}

/**
 * Runs a model on samples and gathers what its layers are given. One sample a batch, so that no text is
 * padded to the length of another.
 */
export async function collectStatistics(
  tf: TensorFlow,
  model: CalibratableModel,
  samples: Samples,
  { tensors, signal, onProgress }: CollectOptions,
): Promise<ReadonlyMap<string, LayerStatistics>> {
  const watched = new Map([...model.weights].filter(([name]) => tensors.includes(name)));
  const layers = new LayerInputs(tf, watched);
  try {
    for (let sample = 0; sample < samples.count; sample++) {
      signal?.throwIfAborted();
      const feeds = samples.feeds(sample, sample + 1);
      const outputs = await model.run(feeds);
      tf.dispose([feeds, [...outputs]]);
      onProgress?.(sample + 1);
    }
  } catch (error) {
    layers.finish();
    throw error;
  }
  return layers.finish();
}
