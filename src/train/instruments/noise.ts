import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { GradientMoments, Parts } from './gradientMoments';
import { sum, sumByLayer, type Layer } from './layers';

/** What the gradients of k parts of b examples say of one variable or layer, before anything is divided. */
export interface NoiseSums {
  /** ‖ḡ‖², ḡ the mean of the parts' gradients. */
  readonly square: number;
  /** Σⱼ ‖gⱼ − ḡ‖². */
  readonly deviation: number;
  /** (gⱼ − ḡ)·ḡ, one a part. */
  readonly along: readonly number[];
}

export interface NoiseEstimates {
  /** tr C: the summed variance of one example's gradient. */
  readonly variance: number;
  /** ‖G‖² of the mean over all examples, without bias: it may be negative. */
  readonly square: number;
  readonly normTest: number;
  readonly innerProductTest: number;
  readonly orthogonalityTest: number;
}

/**
 * Estimates from the gradients gⱼ of k parts with b examples each, B = k·b in all. With
 *
 *     V = Σⱼ ‖gⱼ − ḡ‖² / (k − 1),   E V = tr C / b,   E ‖ḡ‖² = ‖G‖² + tr C / B,
 *
 * b·V and ‖ḡ‖² − V / k are without bias for tr C and ‖G‖². The tests are those of Cockpit (Schneider et al.
 * 2021; Byrd et al. 2012, Bollapragada et al. 2017), with parts in the place of examples:
 *
 *     norm² = V / (k‖ḡ‖²),   inner² = Σⱼ ((gⱼ − ḡ)·ḡ)² / ((k − 1)·k·‖ḡ‖⁴),   orthogonality² = norm² − inner².
 */
export function estimateNoise(
  { square, deviation, along }: NoiseSums,
  { count, size }: Parts,
): NoiseEstimates {
  const variance = deviation / (count - 1);
  const norm = variance / (count * square);
  const inner = sum(along.map((dot) => dot * dot)) / ((count - 1) * count * square * square);
  return {
    variance: size * variance,
    square: square - variance / count,
    normTest: Math.sqrt(norm),
    innerProductTest: Math.sqrt(inner),
    orthogonalityTest: Math.sqrt(Math.max(0, norm - inner)),
  };
}

export interface NoiseReading {
  readonly all: NoiseEstimates;
  readonly byLayer: readonly NoiseEstimates[];
  /** Mean over weights of ḡ² / variance of one example's gradient; weights without variance are left out. */
  readonly signalToNoise: number;
  /** Σ variance / scale over weights; tr C where no scales are given. */
  readonly scaledVariance: number;
}

/**
 * Reads the noise of gradients.
 * @param moments of the batch; they stay the caller's
 * @param sizes entries of each variable
 * @param scales what each weight's curvature is divided by, for optimizers that scale weights
 */
export async function readNoise(
  tf: TensorFlow,
  { parts, mean, variance, along }: GradientMoments,
  sizes: readonly number[],
  layers: readonly Layer[],
  scales?: readonly Tensor[],
): Promise<NoiseReading> {
  const { count, size } = parts;
  // A row a variable: ‖ḡ‖², Σ var, Σ ḡ²/var, weights with variance, Σ var/scale, then (gⱼ − ḡ)·ḡ.
  const rows = tf.tidy(() => {
    let start = 0;
    const byVariable = sizes.map((entries, i) => {
      const [means, variances] = [mean, variance].map((all) => tf.slice(all, start, entries));
      start += entries;
      const isNoisy = tf.greater(variances!, 0);
      const ratio = tf.div(tf.square(means!), tf.where(isNoisy, variances!, tf.onesLike(variances!)));
      const scale = scales?.[i];
      return tf.stack([
        tf.sum(tf.square(means!)),
        tf.sum(variances!),
        tf.sum(tf.where(isNoisy, ratio, tf.zerosLike(ratio))),
        tf.sum(tf.cast(isNoisy, 'float32')),
        tf.sum(scale === undefined ? variances! : tf.div(variances!, tf.reshape(scale, [-1]))),
      ]);
    });
    return tf.concat([tf.stack(byVariable) as Tensor2D, along], 1);
  });
  try {
    const values = await rows.data();
    const width = 5 + count;
    const column = (k: number): Float64Array => Float64Array.from(sizes, (_, i) => values[i * width + k]!);
    const layerSums = [0, 1].map((k) => sumByLayer(layers, column(k)));
    const alongByLayer = Array.from({ length: count }, (_, j) => sumByLayer(layers, column(5 + j)));
    const deviationOf = (variances: number): number => (variances * (count - 1)) / size;
    const byLayer = layers.map((_, i): NoiseSums => ({
      square: layerSums[0]![i]!,
      deviation: deviationOf(layerSums[1]![i]!),
      along: alongByLayer.map((dots) => dots[i]!),
    }));
    const all: NoiseSums = {
      square: sum(layerSums[0]!),
      deviation: deviationOf(sum(layerSums[1]!)),
      along: alongByLayer.map(sum),
    };
    const [ratios, noisy, scaled] = [2, 3, 4].map((k) => sum([...column(k)]));
    return {
      all: estimateNoise(all, parts),
      byLayer: byLayer.map((sums) => estimateNoise(sums, parts)),
      signalToNoise: ratios! / noisy!,
      scaledVariance: scaled!,
    };
  } finally {
    rows.dispose();
  }
}
