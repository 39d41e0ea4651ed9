import type { DataSet, Split } from '../../../src/data/dataSet';
import type { TensorFlow } from '../../../src/engine/engine';
import { Random } from '../../../src/math/random';
import type { InstrumentPreset } from '../../../src/protocol/instruments';
import type { Experiment } from '../../../src/train/experiment';

const BATCH = 128;
const CLASSES = 10;
const PIXELS = 28 * 28;

/** Steps of the run, and of each of its epochs, after which it is tested and kept. */
export const RUN_STEPS = 700;
export const EPOCH_STEPS = 100;

/** The experiment `examples/mnist-cnn.ts` as it is trained, on images that `runData` makes. */
export function runExperiment(tf: TensorFlow, instruments: InstrumentPreset): Experiment {
  return {
    name: 'Two convolutions on synthetic images',
    data: { source: 'arrays', train: { x: [], y: [] } },
    model: () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 5, activation: 'relu' }),
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
  };
}

/** Bytes as images have them: a bright square whose place is the class, in noise. */
export function runData(): DataSet {
  const random = new Random(1);
  const split = (size: number): Split => {
    const images = new Uint8Array(size * PIXELS);
    const labels = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      const label = random.integer(CLASSES);
      labels[i] = label;
      for (let p = 0; p < PIXELS; p++) images[i * PIXELS + p] = random.integer(160);
      const [top, left] = [4 + 12 * Math.floor(label / 5), 1 + 5 * (label % 5)];
      for (let k = 0; k < 36; k++) {
        images[i * PIXELS + (top + Math.floor(k / 6)) * 28 + left + (k % 6)]! += 90;
      }
    }
    return {
      size,
      x: { values: images, shape: [28, 28, 1], scale: 1 / 255 },
      y: { values: labels, shape: [], classes: CLASSES },
    };
  };
  return { name: 'synthetic images', train: split(BATCH * EPOCH_STEPS), test: split(1000) };
}
