import type { DataSet, Split } from '../../../src/data/dataSet';
import type { TensorFlow } from '../../../src/engine/engine';
import { Random } from '../../../src/math/random';
import type { InstrumentPreset } from '../../../src/protocol/instruments';
import type { Experiment } from '../../../src/train/experiment';

const BATCH = 128;
const CLASSES = 10;

/** What is trained on: images as MNIST has them, or as CIFAR-10 has them, which are cropped and mirrored. */
export const RUN_IMAGES = ['plain', 'augmented'] as const;
export type RunImages = (typeof RUN_IMAGES)[number];

const SHAPES: Readonly<Record<RunImages, readonly [number, number, number]>> = {
  plain: [28, 28, 1],
  augmented: [32, 32, 3],
};

/** Steps of the run, and of each of its epochs, after which it is tested and kept. */
export const RUN_STEPS = 700;
export const EPOCH_STEPS = 100;

/** The experiment `examples/mnist-cnn.ts` as it is trained, on images that `runData` makes. */
export function runExperiment(tf: TensorFlow, instruments: InstrumentPreset, images: RunImages): Experiment {
  const inputShape = [...SHAPES[images]];
  return {
    name: 'Two convolutions on synthetic images',
    data: { source: 'arrays', train: { x: [], y: [] } },
    model: () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape, filters: 16, kernelSize: 5, activation: 'relu' }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.conv2d({ filters: 32, kernelSize: 5, activation: 'relu' }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.flatten(),
          tf.layers.dense({ units: CLASSES }),
        ],
      }),
    loss: 'softmaxCrossEntropy',
    metrics: ['accuracy'],
    optimizer: { name: 'adam', learningRate: 0.001 },
    batchSize: BATCH,
    epochs: RUN_STEPS / EPOCH_STEPS,
    seed: 1,
    instruments,
    ...(images === 'augmented' && { augment: { crop: 4, flip: true } }),
  };
}

/** Bytes as images have them: a bright square whose place is the class, in noise. */
export function runData(kind: RunImages): DataSet {
  const [height, width, channels] = SHAPES[kind];
  const pixels = height * width * channels;
  const random = new Random(1);
  const split = (size: number): Split => {
    const images = new Uint8Array(size * pixels);
    const labels = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      const label = random.integer(CLASSES);
      labels[i] = label;
      for (let p = 0; p < pixels; p++) images[i * pixels + p] = random.integer(160);
      const [top, left] = [4 + 12 * Math.floor(label / 5), 1 + 5 * (label % 5)];
      for (let k = 0; k < 36; k++) {
        const pixel = (top + Math.floor(k / 6)) * width + left + (k % 6);
        images[i * pixels + pixel * channels]! += 90;
      }
    }
    return {
      size,
      x: { values: images, shape: [height, width, channels], scale: 1 / 255 },
      y: { values: labels, shape: [], classes: CLASSES },
    };
  };
  return { name: 'synthetic images', train: split(BATCH * EPOCH_STEPS), test: split(1000) };
}
