import { compileModel } from '../../../src/compile/compileModel';
import type { CompileMode } from '../../../src/protocol/compileMode';
import type { TensorFlow } from '../../../src/engine/engine';
import { setWeights } from '../networks/network';
import type { Problem } from '../problem';
import type { Trainer } from './trainer';

/** An epoch takes every batch of the problem so often. */
const REPEATS = 4;

/** Trains the network `cnn`, of layers, by `model.fit` with its accuracy. */
export function fitTrainer(tf: TensorFlow, { weights, batches }: Problem, mode: CompileMode): Trainer {
  const convolution = { kernelSize: 5, padding: 'same', activation: 'relu' } as const;
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ ...convolution, name: 'conv1', inputShape: [28, 28, 1], filters: 16 }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ ...convolution, name: 'conv2', filters: 32 }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'head', units: 10, activation: 'softmax' }),
    ],
  });
  setWeights(model, weights);
  model.compile({
    optimizer: tf.train.adam(1e-3),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const compiled = compileModel(tf, model, { mode });
  const repeated = Array.from({ length: REPEATS }, () => batches).flat();
  const inputs = tf.concat(repeated.map(([x]) => x));
  const labels = tf.concat(repeated.map(([, y]) => y));
  const [batchSize] = batches[0]![0].shape;
  const fit = async (epochs: number): Promise<number> => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- TensorFlow.js keeps the enum to itself
    const { history } = await model.fit(inputs, labels, { epochs, batchSize, shuffle: false, verbose: 0 });
    return history['loss']!.at(-1) as number;
  };
  return {
    first: () => fit(1),
    train: async (steps) => {
      const epochs = Math.ceil(steps / repeated.length);
      await fit(epochs);
      return epochs * repeated.length;
    },
    info: () => compiled.info().train,
  };
}
