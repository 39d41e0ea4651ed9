import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { compile } from '../../../src/compile/compile';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { Random } from '../../../src/math/random';
import { labels, normal } from './cases';

const NETWORKS = 200;
const CLASSES = 3;
let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

type Layer = (x: Tensor) => Tensor;

/** A network of random layers, drawn from a seed: its parameters, a loss, and a description for a failure. */
class RandomNetwork {
  readonly parameters: Variable[] = [];
  readonly description: string[] = [];
  private readonly layers: Layer[] = [];
  private readonly random: Random;
  private shape: number[];
  readonly inputShape: number[];

  constructor(private readonly seed: number) {
    this.random = new Random(seed);
    this.shape = this.random.integer(2) === 0 ? [8] : [6, 6, 2];
    this.inputShape = [...this.shape];
    const depth = 1 + this.random.integer(4);
    for (let i = 0; i < depth; i++) this.addLayer();
    if (this.shape.length > 1) this.add('flatten', (x) => tf.reshape(x, [x.shape[0], -1]), [this.size()]);
    this.addDense(CLASSES);
  }

  loss(x: Tensor, y: Tensor): Scalar {
    const logits = this.layers.reduce((h, layer) => layer(h), x);
    return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, logits);
  }

  private addLayer(): void {
    const choices =
      this.shape.length === 1
        ? [() => this.dense(), () => this.vectorNorm(), () => this.gate()]
        : [() => this.conv(), () => this.pool(), () => this.depthwise(), () => this.batchNorm()];
    choices[this.random.integer(choices.length)]!();
    this.activation();
  }

  private dense(): void {
    this.addDense(2 + this.random.integer(8));
  }

  private addDense(units: number): void {
    const [w, b] = [this.parameter([this.shape[0]!, units]), this.parameter([units])];
    const hasBias = this.random.integer(4) > 0;
    this.add(`dense ${units}`, (x) => (hasBias ? tf.add(tf.matMul(x, w), b) : tf.matMul(x, w)), [units]);
  }

  private vectorNorm(): void {
    const [gain, bias] = [this.parameter([this.shape[0]!]), this.parameter([this.shape[0]!])];
    this.add(
      'layer norm',
      (x) => {
        const { mean, variance } = tf.moments(x, -1, true);
        return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 0.1))), gain), bias);
      },
      this.shape,
    );
  }

  private gate(): void {
    const w = this.parameter([this.shape[0]!, this.shape[0]!]);
    this.add('gate', (x) => tf.add(tf.mul(x, tf.sigmoid(tf.matMul(x, w))), tf.mul(x, 0.5)), this.shape);
  }

  private conv(): void {
    const [height, width, channels] = this.shape as [number, number, number];
    const filters = 1 + this.random.integer(4);
    const kernel = this.parameter([3, 3, channels, filters]);
    const stride = 1 + this.random.integer(2);
    this.add(`conv ${filters} / ${stride}`, (x) => tf.conv2d(x as never, kernel as never, stride, 'same'), [
      Math.ceil(height / stride),
      Math.ceil(width / stride),
      filters,
    ]);
  }

  private depthwise(): void {
    const [, , channels] = this.shape as [number, number, number];
    const kernel = this.parameter([3, 3, channels, 1]);
    this.add('depthwise', (x) => tf.depthwiseConv2d(x as never, kernel as never, 1, 'same'), this.shape);
  }

  private pool(): void {
    const [height, width, channels] = this.shape as [number, number, number];
    const isMax = this.random.integer(2) === 0;
    const pool: Layer = (x) =>
      isMax ? tf.maxPool(x as never, 2, 2, 'same') : tf.avgPool(x as never, 2, 2, 'same');
    this.add(isMax ? 'max pool' : 'average pool', pool, [
      Math.ceil(height / 2),
      Math.ceil(width / 2),
      channels,
    ]);
  }

  private batchNorm(): void {
    const [gain, offset] = [this.parameter([this.shape.at(-1)!]), this.parameter([this.shape.at(-1)!])];
    this.add(
      'batch norm',
      (x) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2]);
        return tf.batchNorm(x, mean, variance, offset, gain, 0.1);
      },
      this.shape,
    );
  }

  private activation(): void {
    const activations: readonly [string, Layer][] = [
      ['relu', (x) => tf.relu(x)],
      ['tanh', (x) => tf.tanh(x)],
      ['elu', (x) => tf.elu(x)],
      ['softplus', (x) => tf.softplus(x)],
      ['leaky', (x) => tf.leakyRelu(x, 0.1)],
      ['square', (x) => tf.mul(tf.square(x), 0.3)],
      ['linear', (x) => x],
    ];
    const [name, activation] = activations[this.random.integer(activations.length)]!;
    this.add(name, activation, this.shape);
  }

  private add(name: string, layer: Layer, shape: readonly number[]): void {
    this.description.push(name);
    this.layers.push(layer);
    this.shape = [...shape];
  }

  private parameter(shape: number[]): Variable {
    const variable = tf.variable(normal(tf, shape, 1000 * this.seed + this.parameters.length + 1, 0.4));
    this.parameters.push(variable);
    return variable;
  }

  private size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }
}

test(`the gradients of ${NETWORKS} random networks are those of eager execution`, () => {
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const network = new RandomNetwork(seed);
    const [x, y] = [normal(tf, [5, ...network.inputShape], seed), labels(tf, 5, CLASSES, seed)];
    // The update is the gradient: a step of one leaves w − g.
    const optimizer = tf.train.sgd(1);
    const gradientsOf = (step: () => Tensor): number[][] => {
      const before = network.parameters.map((variable) => tf.clone(variable));
      step().dispose();
      const moved = network.parameters.map((variable, i) =>
        Array.from(tf.sub(before[i]!, variable).dataSync()),
      );
      network.parameters.forEach((variable, i) => variable.assign(before[i]!));
      tf.dispose(before);
      return moved;
    };
    const eagerly = (a: Tensor, b: Tensor) =>
      optimizer.minimize(() => network.loss(a, b), true, network.parameters)!;
    const step = compile(tf, eagerly);
    const expected = gradientsOf(() => eagerly(x, y));
    for (let i = 0; i < 3; i++) gradientsOf(() => step(x, y));
    const actual = gradientsOf(() => step(x, y));
    const what = `seed ${seed}: ${network.description.join(', ')}`;
    expect(step.info()[0]!.state, `${what}: ${step.info()[0]!.reason ?? ''}`).toBe('compiled');
    const scale = Math.max(1e-3, ...expected.flat().map(Math.abs));
    expected.forEach((values, p) =>
      values.forEach((value, i) => expect(Math.abs(actual[p]![i]! - value) / scale, what).toBeLessThan(2e-5)),
    );
    step.dispose();
    optimizer.dispose();
    tf.dispose([x, y, ...network.parameters]);
  }
}, 600_000);
