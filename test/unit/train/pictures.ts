import { arrays, type ArraySplit } from '../../../src/data/arrays';
import type { TensorFlow } from '../../../src/engine/engine';
import { Random } from '../../../src/math/random';
import type { Experiment } from '../../../src/train/experiment';

const SIDE = 6;

/** Noise with a bright stripe that stands (class 0) or lies (class 1), somewhere. */
function draw(random: Random, size: number): ArraySplit {
  const values = new Uint8Array(size * SIDE * SIDE);
  const y = Array.from({ length: size }, (_, i) => i % 2);
  y.forEach((lies, image) => {
    const place = random.integer(SIDE);
    for (let at = 0; at < SIDE * SIDE; at++) {
      const line = lies === 1 ? Math.floor(at / SIDE) : at % SIDE;
      values[image * SIDE * SIDE + at] = random.integer(2) + (line === place ? 2 : 0);
    }
  });
  return { x: { values, shape: [size, SIDE, SIDE, 1] }, y };
}

/** Small images, so that they can be augmented; 100 examples in batches of 16 leave a last batch of 4. */
export function pictureExperiment(tf: TensorFlow, changes: Partial<Experiment> = {}): Experiment {
  const random = new Random(3);
  return {
    name: 'stripes',
    data: arrays({ train: draw(random, 100), test: draw(random, 40), classes: 2 }),
    model: () =>
      tf.sequential({
        layers: [
          tf.layers.flatten({ inputShape: [SIDE, SIDE, 1] }),
          tf.layers.dense({ units: 16, activation: 'relu' }),
          tf.layers.dense({ units: 2 }),
        ],
      }),
    loss: 'softmaxCrossEntropy',
    optimizer: { name: 'momentum', learningRate: 0.01 },
    batchSize: 16,
    epochs: 4,
    seed: 5,
    ...changes,
  };
}
