import { arrays, type ArraysSource, type ArraySplit } from '../../../src/data/arrays';
import type { Experiment } from '../../../src/train/experiment';
import { Random } from '../../../src/math/random';
import type { TensorFlow } from '../../../src/engine/engine';

/** Two noisy spiral arms in the plane: learnt in a second, not linearly separable. */
export function spirals(trainSize = 100, testSize = 40): ArraysSource {
  const random = new Random(7);
  return arrays({
    name: 'spirals',
    classes: 2,
    train: draw(random, trainSize),
    test: draw(random, testSize),
  });
}

function draw(random: Random, size: number): ArraySplit {
  const x: number[][] = [];
  const y: number[] = [];
  for (let i = 0; i < size; i++) {
    const arm = i % 2;
    const radius = 0.2 + 0.8 * random.uniform();
    const angle = 3 * radius + Math.PI * arm;
    x.push([
      radius * Math.cos(angle) + 0.02 * random.normal(),
      radius * Math.sin(angle) + 0.02 * random.normal(),
    ]);
    y.push(arm);
  }
  return { x, y };
}

/**
 * A network with everything that a resumed run could lose: unseeded initial weights, dropout, moving
 * averages, a regularizer; 100 examples in batches of 16 leave a last batch of 4.
 */
export function spiralExperiment(tf: TensorFlow, changes: Partial<Experiment> = {}): Experiment {
  return {
    name: 'spirals',
    data: spirals(),
    model: () =>
      tf.sequential({
        layers: [
          tf.layers.dense({
            inputShape: [2],
            units: 24,
            activation: 'tanh',
            kernelRegularizer: tf.regularizers.l2({ l2: 1e-4 }),
          }),
          tf.layers.batchNormalization(),
          tf.layers.dropout({ rate: 0.1 }),
          tf.layers.dense({ units: 24, activation: 'relu' }),
          tf.layers.dense({ units: 2 }),
        ],
      }),
    loss: 'softmaxCrossEntropy',
    optimizer: { name: 'adam', learningRate: 0.01 },
    batchSize: 16,
    epochs: 4,
    seed: 5,
    ...changes,
  };
}
