import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';

/** A training step, and what tells whether two of them went the same way. */
export interface Case {
  readonly step: (...inputs: Tensor[]) => Tensor | Tensor[];
  readonly batch: (i: number) => Tensor[];
  readonly weights: () => Tensor[];
}

/** Builds a case; calling it twice gives two that begin equal. */
export type CaseMaker = (tf: TensorFlow) => Case;

const BATCHES = 4;

function normal(tf: TensorFlow, shape: number[], seed: number, deviation = 1): Tensor {
  return tf.randomNormal(shape, 0, deviation, 'float32', seed);
}

function labels(tf: TensorFlow, size: number, classes: number, seed: number): Tensor {
  return tf.tidy(() =>
    tf.cast(tf.oneHot(tf.randomUniform([size], 0, classes, 'int32', seed), classes), 'float32'),
  );
}

/** A small network of two layers by hand: loss of softmax cross-entropy. */
function twoLayers(tf: TensorFlow): { parameters: Variable[]; loss: (x: Tensor, y: Tensor) => Tensor } {
  const parameters = [
    tf.variable(normal(tf, [20, 16], 1, 0.3)),
    tf.variable(normal(tf, [16], 2, 0.1)),
    tf.variable(normal(tf, [16, 5], 3, 0.3)),
    tf.variable(normal(tf, [5], 4, 0.1)),
  ];
  const [w1, b1, w2, b2] = parameters as [Variable, Variable, Variable, Variable];
  const loss = (x: Tensor, y: Tensor): Tensor =>
    tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(tf.tanh(tf.add(tf.matMul(x, w1), b1)), w2), b2));
  return { parameters, loss };
}

function twoLayerBatches(tf: TensorFlow): Tensor[][] {
  return Array.from({ length: BATCHES }, (_, i) => [normal(tf, [32, 20], 50 + i), labels(tf, 32, 5, 60 + i)]);
}

/** `twoLayers` under one of TensorFlow.js's optimizers. */
export function withOptimizer(make: (tf: TensorFlow) => ReturnType<TensorFlow['train']['sgd']>): CaseMaker {
  return (tf) => {
    const { parameters, loss } = twoLayers(tf);
    const optimizer = make(tf) as unknown as ReturnType<TensorFlow['train']['adam']>;
    const batches = twoLayerBatches(tf);
    return {
      step: (x, y) => optimizer.minimize(() => loss(x!, y!) as never, true, parameters)!,
      batch: (i) => batches[i % BATCHES]!,
      weights: () => parameters,
    };
  };
}
