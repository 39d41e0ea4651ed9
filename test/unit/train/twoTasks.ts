import { arrays, type ArraySplit } from '../../../src/data/arrays';
import type { TensorFlow } from '../../../src/engine/engine';
import { Random } from '../../../src/math/random';
import type { Experiment } from '../../../src/train/experiment';

/** Points of the plane: whether they lie in the right half, and how far they are from the middle. */
function draw(random: Random, size: number): ArraySplit {
  const x = Array.from({ length: size }, () => [random.normal(), random.normal()]);
  return {
    x,
    y: { side: x.map(([a]) => (a! > 0 ? 1 : 0)), radius: x.map(([a, b]) => Math.hypot(a!, b!)) },
  };
}

/** A trunk that two tasks share, with a regularizer and a head each: classes and a number. */
export function twoTaskExperiment(tf: TensorFlow, changes: Partial<Experiment> = {}): Experiment {
  const random = new Random(11);
  return {
    name: 'side and radius',
    data: arrays({ train: draw(random, 100), test: draw(random, 40), classes: { side: 2 } }),
    model: () => {
      const point = tf.input({ shape: [2] });
      const hidden = tf.layers.dense({
        units: 16,
        activation: 'tanh',
        kernelRegularizer: tf.regularizers.l2({ l2: 1e-3 }),
      });
      const trunk = hidden.apply(point);
      const head = (name: string, units: number) => tf.layers.dense({ name, units }).apply(trunk) as never;
      // In another order than the losses: names decide.
      return tf.model({ inputs: point, outputs: [head('radius', 1), head('side', 2)] });
    },
    loss: { side: 'softmaxCrossEntropy', radius: { loss: 'meanSquaredError', weight: 0.5 } },
    optimizer: { name: 'adam', learningRate: 0.01 },
    batchSize: 16,
    epochs: 4,
    seed: 5,
    ...changes,
  };
}
