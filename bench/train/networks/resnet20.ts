import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';
import { constant, crossEntropy, normal, setWeights, zeros, type Network, type Start } from './network';

const STAGES = [16, 32, 64] as const;
const BLOCKS = 3;

/** ResNet-20 (He et al., 2015) on 32 × 32 images, batch 128, momentum; a shortcut that changes shape is a convolution 1 × 1. */
export const resnet20: Network = {
  weights: initialWeights(),
  input: { kind: 'normal', shape: [128, 32, 32, 3] },
  classes: 10,
  labels: 128,
  differs: 'at stride 2 TensorFlow pads one side and PyTorch the other',
  build(tf, weights) {
    const model = network(tf);
    setWeights(model, weights);
    const optimizer = tf.train.momentum(0.01, 0.9);
    return (x, y) =>
      optimizer.minimize(() => crossEntropy(tf, y, model.apply(x, { training: true }) as Tensor), true)!;
  },
};

function network(tf: TensorFlow): LayersModel {
  const relu = (x: SymbolicTensor) => tf.layers.reLU().apply(x) as SymbolicTensor;
  const convolution = (x: SymbolicTensor, name: string, filters: number, kernelSize = 3, strides = 1) => {
    const options = { name, filters, kernelSize, strides, padding: 'same', useBias: false } as const;
    const product = tf.layers.conv2d(options).apply(x);
    return tf.layers.batchNormalization({ name: `${name}-norm` }).apply(product) as SymbolicTensor;
  };
  const input = tf.input({ shape: [32, 32, 3] });
  let x = relu(convolution(input, 'stem', STAGES[0]));
  for (const { name, filters, strides, isWider } of blocks()) {
    const inner = relu(convolution(x, `${name}-a`, filters, 3, strides));
    const branch = convolution(inner, `${name}-b`, filters);
    const shortcut = isWider ? convolution(x, `${name}-shortcut`, filters, 1, strides) : x;
    x = relu(tf.layers.add().apply([branch, shortcut]) as SymbolicTensor);
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const logits = tf.layers.dense({ name: 'head', units: 10 }).apply(pooled) as SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits });
}

function blocks() {
  return STAGES.flatMap((filters, stage) =>
    Array.from({ length: BLOCKS }, (_, block) => {
      const isWider = stage > 0 && block === 0;
      const inputs = isWider ? STAGES[stage - 1]! : filters;
      return { name: `stage${stage}-block${block}`, filters, inputs, isWider, strides: isWider ? 2 : 1 };
    }),
  );
}

function initialWeights(): Record<string, Start> {
  const weights: Record<string, Start> = {};
  const convolution = (name: string, size: number, inputs: number, filters: number) => {
    weights[`${name}/kernel`] = normal([size, size, inputs, filters], Math.sqrt(2 / (size * size * inputs)));
    weights[`${name}-norm/gamma`] = constant([filters], 1);
    weights[`${name}-norm/beta`] = zeros(filters);
  };
  convolution('stem', 3, 3, STAGES[0]);
  for (const { name, inputs, filters, isWider } of blocks()) {
    convolution(`${name}-a`, 3, inputs, filters);
    convolution(`${name}-b`, 3, filters, filters);
    if (isWider) convolution(`${name}-shortcut`, 1, inputs, filters);
  }
  weights['head/kernel'] = normal([64, 10], 0.1);
  weights['head/bias'] = zeros(10);
  return weights;
}
