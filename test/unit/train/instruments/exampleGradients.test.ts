import type { LayersModel, Scalar, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { Random } from '../../../../src/math/random';
import { BatchGradients } from '../../../../src/train/instruments/batchGradients';
import { ExampleGradients } from '../../../../src/train/instruments/exampleGradients';
import { momentsOfParts, type GradientMoments } from '../../../../src/train/instruments/gradientMoments';
import { trainableModel, type TrainableModel } from '../../../../src/train/trainableModel';

const SIZE = 12;

/** Dense layers of every kind that there is: penalised, without bias, with an activation that is not fused. */
function network(tf: TensorFlow): LayersModel {
  const { dense, flatten, dropout } = tf.layers;
  return tf.sequential({
    layers: [
      flatten({ inputShape: [3, 2] }),
      dense({ units: 7, activation: 'relu', kernelRegularizer: tf.regularizers.l2({ l2: 0.05 }) }),
      dropout({ rate: 0.3 }),
      dense({ units: 5, activation: 'softplus', useBias: false }),
      dense({ units: 4, activation: 'tanh', trainable: false }),
      dense({ units: 3 }),
    ],
  });
}

function batchOf(tf: TensorFlow): { readonly x: Tensor; readonly y: Tensor } {
  const random = new Random(5);
  const normal = (count: number): number[] => Array.from({ length: count }, () => random.normal());
  return { x: tf.tensor(normal(6 * SIZE), [SIZE, 3, 2]), y: tf.tensor2d(normal(3 * SIZE), [SIZE, 3]) };
}

function lossOf(tf: TensorFlow, model: TrainableModel) {
  return (x: Tensor, [y]: readonly Tensor[]): Scalar => {
    // A tf.sequential knows its penalties once it has been applied.
    const answer = model.apply(x, true) as Tensor;
    return model
      .penalties()
      .reduce((sum, term) => tf.add(sum, term), tf.losses.meanSquaredError<Tensor, Scalar>(y!, answer));
  };
}

async function values(moments: GradientMoments): Promise<Float32Array[]> {
  const { mean, variance, along } = moments;
  return Promise.all([mean, variance, along].map((tensor) => tensor.data<'float32'>()));
}

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

describe('gradients of single examples', () => {
  it('have the moments of gradients that are taken one by one', async () => {
    const model = trainableModel(tf, network(tf));
    const withoutDropout = { ...model, apply: (x: Tensor) => model.apply(x, false) };
    const loss = lossOf(tf, withoutDropout);
    const { x, y } = batchOf(tf);
    const each = ExampleGradients.of(tf, model, loss, 'fused')!;
    const one = new BatchGradients(tf, model, (a, b) => ({ total: loss(a, b), byTask: [] }), 'off');
    const before = tf.memory().numTensors;
    const gradients = one.ofParts(x, [y], SIZE, 1, 1);
    const sizes = model.trainable.map(({ variable }) => variable.size);
    const expected = momentsOfParts(tf, gradients, 1, sizes);
    const [wanted, ...found] = await Promise.all([
      values(expected),
      values(each.moments(x, [y], 1)),
      values(each.moments(x, [y], 1)),
    ]);
    for (const all of found) {
      all.forEach((entries, k) => {
        const largest = Math.max(...wanted[k]!.map(Math.abs));
        expect(entries).toHaveLength(wanted[k]!.length);
        entries.forEach((entry, i) => {
          expect(Math.abs(entry - wanted[k]![i]!)).toBeLessThan(2e-6 * largest);
        });
      });
    }
    expect(sizes).toHaveLength(5);
    tf.dispose(gradients);
    tf.dispose([expected.mean, expected.variance, expected.along]);
    expect(tf.memory().numTensors).toBe(before + 6);
  });

  it('draw the dropout of their seed, and leave the layers as they were', async () => {
    const layers = network(tf);
    const model = trainableModel(tf, layers);
    const { x, y } = batchOf(tf);
    const before = await (layers.predict(x) as Tensor).data();
    const each = ExampleGradients.of(tf, model, lossOf(tf, model), 'fused')!;
    const [first, again, other] = await Promise.all([
      values(each.moments(x, [y], 1)),
      values(each.moments(x, [y], 1)),
      values(each.moments(x, [y], 2)),
    ]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(await (layers.predict(x) as Tensor).data()).toEqual(before);
  });

  it('are those of another step when weights have moved', async () => {
    const model = trainableModel(tf, network(tf));
    const { x, y } = batchOf(tf);
    const each = ExampleGradients.of(tf, model, lossOf(tf, model), 'fused')!;
    const before = await values(each.moments(x, [y], 1));
    const kernel = model.trainable[0]!.variable;
    kernel.assign(tf.mul(kernel, 2));
    const after = await values(each.moments(x, [y], 1));
    expect(after[1]).not.toEqual(before[1]);
    kernel.assign(tf.div(kernel, 2));
    expect(await values(each.moments(x, [y], 1))).toEqual(before);
  });
});

describe('models whose examples cannot be told apart', () => {
  const supports = (model: unknown): boolean => {
    const trainable = trainableModel(tf, model);
    return ExampleGradients.of(tf, trainable, lossOf(tf, trainable), 'off') !== undefined;
  };

  it('are those with batch normalization, other weights, shared layers, rows, or written by hand', () => {
    const { dense, batchNormalization, conv1d, flatten } = tf.layers;
    const first = () => dense({ units: 3, inputShape: [4] });
    expect(supports(tf.sequential({ layers: [first(), dense({ units: 1 })] }))).toBe(true);
    expect(supports(tf.sequential({ layers: [first(), batchNormalization(), dense({ units: 1 })] }))).toBe(
      false,
    );
    const convolution = conv1d({ filters: 2, kernelSize: 2, inputShape: [4, 1] });
    expect(supports(tf.sequential({ layers: [convolution, flatten(), dense({ units: 1 })] }))).toBe(false);
    expect(supports(tf.sequential({ layers: [dense({ units: 3, inputShape: [2, 4] })] }))).toBe(false);
    const input = tf.input({ shape: [4] });
    const shared = dense({ units: 4 });
    const twice = shared.apply(shared.apply(input)) as SymbolicTensor;
    expect(supports(tf.model({ inputs: input, outputs: twice }))).toBe(false);
    const w = tf.variable(tf.scalar(1));
    expect(supports({ variables: { w }, forward: (x: Tensor) => tf.mul(x, w) })).toBe(false);
  });
});
