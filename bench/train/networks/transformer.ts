import type { Rank, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';
import { constant, crossEntropy, normal, variables, zeros, type Network, type Start } from './network';

const BATCH = 8;
const TIME = 128;
const WIDTH = 256;
const HEADS = 4;
const LAYERS = 4;
const INNER = 4 * WIDTH;
const VOCABULARY = 256;
const RATE = 1e-3;
const DECAY = 0.01;

/** Language model on bytes: four pre-norm blocks of width 256, 128 tokens, batch 8, AdamW. */
export const transformer: Network = {
  weights: initialWeights(),
  input: { kind: 'integers', shape: [BATCH, TIME], below: VOCABULARY },
  classes: VOCABULARY,
  labels: BATCH * TIME,
  build(tf, weights) {
    const w = variables(tf, weights);
    const all = Object.keys(weights).map(w);
    const mask = tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([TIME, TIME]), -1, 0)), -1e9));
    const optimizer = tf.train.adam(RATE);
    return (x, y) => {
      const loss = optimizer.minimize(() => crossEntropy(tf, y, logits(tf, w, mask, x)), true, all)!;
      // TensorFlow.js has no AdamW: weights decay by a product of their own.
      tf.tidy(() => all.forEach((variable) => variable.assign(tf.mul(variable, 1 - RATE * DECAY))));
      return loss;
    };
  },
};

function logits(tf: TensorFlow, w: (name: string) => Variable, mask: Tensor, x: Tensor): Tensor {
  const linear = (input: Tensor, name: string): Tensor =>
    tf.add(tf.matMul(input, w(`${name}/kernel`)), w(`${name}/bias`));
  const norm = (input: Tensor, name: string): Tensor => {
    const centred = tf.sub(input, tf.mean(input, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    const normalized = tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(normalized, w(`${name}/gamma`)), w(`${name}/beta`));
  };
  const attend = (input: Tensor, block: string): Tensor => {
    const joint = tf.reshape(linear(norm(input, `${block}-norm1`), `${block}-qkv`), [
      ...[BATCH, TIME, 3, HEADS, WIDTH / HEADS],
    ]);
    const [q, k, v] = tf.unstack(tf.transpose(joint, [2, 0, 3, 1, 4])) as [Tensor, Tensor, Tensor];
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(WIDTH / HEADS));
    const mixed = tf.matMul(tf.softmax(tf.add(scores, mask)), v);
    const heads = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [BATCH * TIME, WIDTH]);
    return linear(heads, `${block}-out`);
  };
  const expand = (input: Tensor, block: string): Tensor =>
    linear(gelu(tf, linear(norm(input, `${block}-norm2`), `${block}-up`)), `${block}-down`);

  const tokens = tf.gather(w('tokens'), tf.reshape<Rank.R1>(x, [-1]));
  const placed = tf.add(tf.reshape(tokens, [BATCH, TIME, WIDTH]), w('positions'));
  let h: Tensor = tf.reshape(placed, [BATCH * TIME, WIDTH]);
  for (let i = 0; i < LAYERS; i++) {
    h = tf.add(h, attend(h, `block${i}`));
    h = tf.add(h, expand(h, `block${i}`));
  }
  return linear(norm(h, 'norm'), 'head');
}

/** By the approximation with a hyperbolic tangent. */
function gelu(tf: TensorFlow, x: Tensor): Tensor {
  const cubic = tf.mul(0.044715, tf.mul(x, tf.mul(x, x)));
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, cubic)))));
}

function initialWeights(): Record<string, Start> {
  const weights: Record<string, Start> = {
    tokens: normal([VOCABULARY, WIDTH], 0.02),
    positions: normal([TIME, WIDTH], 0.02),
  };
  const norm = (name: string) => {
    weights[`${name}/gamma`] = constant([WIDTH], 1);
    weights[`${name}/beta`] = zeros(WIDTH);
  };
  const linear = (name: string, inputs: number, units: number) => {
    weights[`${name}/kernel`] = normal([inputs, units], 0.02);
    weights[`${name}/bias`] = zeros(units);
  };
  for (let i = 0; i < LAYERS; i++) {
    norm(`block${i}-norm1`);
    linear(`block${i}-qkv`, WIDTH, 3 * WIDTH);
    linear(`block${i}-out`, WIDTH, WIDTH);
    norm(`block${i}-norm2`);
    linear(`block${i}-up`, WIDTH, INNER);
    linear(`block${i}-down`, INNER, WIDTH);
  }
  norm('norm');
  linear('head', WIDTH, VOCABULARY);
  return weights;
}
