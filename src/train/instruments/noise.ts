import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
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

/** How parts make up a batch. */
export interface Parts {
  /** k, at least 2. */
  readonly count: number;
  /** b, examples in each. */
  readonly size: number;
}

/**
 * The parts that a batch is divided into: as many as can be, up to `most`, and of equal size. Where the
 * batch cannot be divided evenly, the last few examples are left out.
 */
export function partsOf(batchSize: number, most: number): Parts {
  for (let count = Math.min(most, batchSize); count > most / 2 && count > 1; count--) {
    if (batchSize % count === 0) return { count, size: batchSize / count };
  }
  const count = Math.min(most, batchSize);
  return { count, size: Math.floor(batchSize / count) };
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
 * @param parts gradients of the parts, the variables' entries one after another; they stay the caller's
 * @param sizes entries of each variable
 * @param scales what each weight's curvature is divided by, for optimizers that scale weights
 */
export async function readNoise(
  tf: TensorFlow,
  parts: readonly Tensor1D[],
  size: number,
  sizes: readonly number[],
  layers: readonly Layer[],
  scales?: readonly Tensor[],
): Promise<NoiseReading> {
  const count = parts.length;
  const variables = sizes.length;
  // A row a variable: ‖ḡ‖², Σ‖gⱼ − ḡ‖², Σ ḡ²/var, weights with variance, Σ var/scale, then (gⱼ − ḡ)·ḡ.
  const rows = tf.tidy(() => {
    const all = tf.stack([...parts]) as Tensor2D;
    let start = 0;
    const byVariable = sizes.map((entries, i) => {
      const gradients = tf.slice(all, [0, start], [count, entries]);
      start += entries;
      const mean = tf.mean(gradients, 0);
      const deviations = tf.sub<Tensor2D>(gradients, mean);
      const squares = tf.sum(tf.square(deviations), 0);
      const variance = tf.mul(squares, size / (count - 1));
      const isNoisy = tf.greater(variance, 0);
      const ratio = tf.div(tf.square(mean), tf.where(isNoisy, variance, tf.onesLike(variance)));
      const scale = scales?.[i];
      return tf.concat([
        tf.stack([
          tf.sum(tf.square(mean)),
          tf.sum(squares),
          tf.sum(tf.where(isNoisy, ratio, tf.zerosLike(ratio))),
          tf.sum(tf.cast(isNoisy, 'float32')),
          tf.sum(scale === undefined ? variance : tf.div(variance, tf.reshape(scale, [-1]))),
        ]),
        tf.reshape(tf.matMul(deviations, tf.reshape(mean, [-1, 1])), [count]),
      ]);
    });
    return tf.stack(byVariable) as Tensor2D;
  });
  try {
    const values = await rows.data();
    const width = 5 + count;
    const column = (k: number): Float64Array =>
      Float64Array.from({ length: variables }, (_, i) => values[i * width + k]!);
    const layerSums = [0, 1].map((k) => sumByLayer(layers, column(k)));
    const along = Array.from({ length: count }, (_, j) => sumByLayer(layers, column(5 + j)));
    const byLayer = layers.map((_, i): NoiseSums => ({
      square: layerSums[0]![i]!,
      deviation: layerSums[1]![i]!,
      along: along.map((dots) => dots[i]!),
    }));
    const all: NoiseSums = {
      square: sum(layerSums[0]!),
      deviation: sum(layerSums[1]!),
      along: along.map(sum),
    };
    const [ratios, noisy, scaled] = [2, 3, 4].map((k) => sum([...column(k)]));
    return {
      all: estimateNoise(all, { count, size }),
      byLayer: byLayer.map((sums) => estimateNoise(sums, { count, size })),
      signalToNoise: ratios! / noisy!,
      scaledVariance: scaled!,
    };
  } finally {
    rows.dispose();
  }
}
