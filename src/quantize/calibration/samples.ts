import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { Random } from '../../math/random';
import type { ModelInput, RunnableModel } from './runnableModel';

/** What is fed to a model to see what its layers are given. */
export interface Samples {
  /** For people: `200 lines of mails.txt`, `256 random inputs`. */
  readonly source: string;
  /** The same without their number. */
  readonly kind: string;
  readonly count: number;
  /** Samples `start` up to `end` as one batch; the caller disposes it. */
  feeds(start: number, end: number): tfjs.NamedTensorMap;
}

/** Samples `start` up to `end` by themselves. */
export function part(samples: Samples, start: number, end: number): Samples {
  return {
    source: samples.source,
    kind: samples.kind,
    count: end - start,
    feeds: (from, to) => samples.feeds(start + from, start + to),
  };
}

/** A size that a model leaves open beside the batch: tokens of a text, or pixels of an image. */
const OPEN_SIZE = { text: 32, image: 128 };

/**
 * Seeded random inputs of the shapes and types that a model asks for: normal numbers, whole numbers below
 * the size of the smallest table that the model looks up, truth values. They show which inputs of its
 * layers matter less well than real ones, and better than nothing.
 */
export function randomSamples(tf: TensorFlow, model: RunnableModel, count: number, seed: number): Samples {
  return {
    source: `${count} random inputs`,
    kind: 'random inputs',
    count,
    feeds: (start, end) =>
      Object.fromEntries(
        model.inputs.map((input, i) => [
          input.name,
          randomInput(tf, input, model.tableRows ?? 2, { start, end, seed: seed + i }),
        ]),
      ),
  };
}

function randomInput(
  tf: TensorFlow,
  { shape, dtype }: ModelInput,
  below: number,
  { start, end, seed }: { readonly start: number; readonly end: number; readonly seed: number },
): tfjs.Tensor {
  const open = shape.length >= 4 ? OPEN_SIZE.image : OPEN_SIZE.text;
  const single = shape.slice(1).map((size) => (size < 0 ? open : size));
  const size = single.reduce((product, dimension) => product * dimension, 1);
  const values = new Float32Array((end - start) * size);
  for (let sample = start; sample < end; sample++) {
    // Each sample has its own stream, so that it does not depend on how the samples are cut into batches.
    const random = new Random((Math.imul(seed, 0x9e3779b1) + sample) >>> 0);
    const draw = { float32: () => random.normal(), bool: () => random.integer(2) }[dtype as string];
    for (let i = 0; i < size; i++) {
      values[(sample - start) * size + i] = draw?.() ?? random.integer(below);
    }
  }
  return tf.tensor(values, [end - start, ...single], dtype === 'bool' ? 'bool' : dtype);
}
