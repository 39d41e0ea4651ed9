/** Prints the loss and the gradients of small networks, with weights and data from a seed. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { loadEngine } from '../../../../src/engine/registry';
import { Random } from '../../../../src/math/random';
import type { EngineId } from '../../../../src/protocol/engine';

export interface NetworkGradients {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

void main(process.argv[2] as EngineId);

async function main(id: EngineId): Promise<void> {
  const { tf } = await loadEngine(id);
  const random = new Random(7);
  const batch = 8;
  const classes = 5;

  const normal = (shape: number[], deviation = 1): Tensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => deviation * random.normal()),
      shape,
    );
  };
  const weights = (name: string, shape: number[]): Tensor => tf.variable(normal(shape, 0.4), true, name);
  const integers = (count: number, below: number) =>
    Int32Array.from({ length: count }, () => random.integer(below));
  const labels = tf.oneHot(tf.tensor1d(integers(batch, classes), 'int32'), classes);

  const measure = (network: () => Tensor): NetworkGradients => {
    const loss = () => tf.losses.softmaxCrossEntropy(labels, network()).asScalar();
    const { value, grads } = tf.variableGrads(loss);
    const gradients: Record<string, readonly number[]> = {};
    for (const [name, gradient] of Object.entries(grads)) gradients[name] = Array.from(gradient.dataSync());
    tf.disposeVariables();
    return { loss: value.arraySync(), gradients };
  };

  const dense = () => {
    const x = normal([batch, 20]);
    const first = weights('first', [20, 16]);
    const bias = weights('bias', [16]);
    const second = weights('second', [16, classes]);
    return measure(() => tf.matMul(tf.tanh(tf.matMul(x, first).add(bias)), second));
  };
  const convolution = (stride: number, pad: 'same' | 'valid') => {
    const x = normal([batch, 9, 11, 2]) as Tensor4D;
    const first = weights('first', [3, 3, 2, 4]) as Tensor4D;
    const second = weights('second', [2, 3, 4, 6]) as Tensor4D;
    const features = () => {
      const hidden = tf.relu(tf.conv2d(x, first, stride, pad));
      return tf.relu(tf.conv2d(hidden, second, 1, pad)).reshape([batch, -1]);
    };
    const last = weights('last', [features().shape[1]!, classes]);
    return measure(() => tf.matMul(features(), last));
  };
  const depthwise = () => {
    const x = normal([batch, 12, 10, 3]) as Tensor4D;
    const filter = weights('filter', [3, 3, 3, 2]) as Tensor4D;
    const pointwise = weights('pointwise', [1, 1, 6, 4]) as Tensor4D;
    const last = weights('last', [3 * 2 * 4, classes]);
    return measure(() => {
      const features = tf.elu(tf.depthwiseConv2d(x, filter, 1, 'same'));
      const mixed = tf.conv2d(tf.maxPool(features, 3, 2, 'same'), pointwise, 1, 'same');
      return tf.matMul(tf.avgPool(mixed, [2, 3], 2, 'valid').reshape([batch, -1]), last);
    });
  };
  const embedding = () => {
    const tokens = tf.tensor2d(integers(batch * 6, 10), [batch, 6], 'int32');
    const table = weights('table', [12, 7]);
    const last = weights('last', [7, classes]);
    return measure(() => tf.matMul(tf.gather(table, tokens).mean(1), last));
  };

  const result: Record<string, NetworkGradients> = {
    dense: dense(),
    'convolution, stride 1, same': convolution(1, 'same'),
    'convolution, stride 2, valid': convolution(2, 'valid'),
    'convolution, stride 2, same': convolution(2, 'same'),
    depthwise: depthwise(),
    embedding: embedding(),
  };
  process.stdout.write(JSON.stringify(result));
}
