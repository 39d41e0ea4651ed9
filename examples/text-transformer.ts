import * as tf from '@tensorflow/tfjs';
import { defineExperiment, text } from 'weightroom';

const TOKENS = 256;

/** Predicts the next byte of Shakespeare with a small transformer: the model behind a chat, in a page. */
export default defineExperiment({
  name: 'Shakespeare, transformer',
  data: text({ file: 'data/shakespeare.txt', context: 64 }),
  parameters: { width: 128, layers: 4, heads: 4 },
  model: (parameters) => new Transformer(64, parameters),

  // The mean over all positions of −log p(next byte), in nats.
  loss: (target, logits) => tf.losses.softmaxCrossEntropy(tf.oneHot(target.toInt(), TOKENS), logits),
  metrics: [],

  optimizer: { name: 'adam', learningRate: 0.002 },
  batchSize: 32,
  epochs: 2,
  seed: 1,
});

class Transformer {
  readonly variables: Record<string, tf.Variable> = {};
  private readonly mask: tf.Tensor;

  constructor(
    private readonly context: number,
    private readonly size: { width: number; layers: number; heads: number },
  ) {
    const { width, layers } = size;
    this.weights('embedding', [TOKENS, width], 0.1);
    this.weights('positions', [context, width], 0.1);
    for (let i = 0; i < layers; i++) {
      this.weights(`block${i}/query`, [width, width]);
      this.weights(`block${i}/key`, [width, width]);
      this.weights(`block${i}/value`, [width, width]);
      this.weights(`block${i}/projection`, [width, width]);
      this.weights(`block${i}/expand`, [width, 4 * width]);
      this.weights(`block${i}/contract`, [4 * width, width]);
      this.variables[`block${i}/attentionScale`] = tf.variable(tf.ones([width]));
      this.variables[`block${i}/expandScale`] = tf.variable(tf.ones([width]));
    }
    this.variables['scale'] = tf.variable(tf.ones([width]));
    this.weights('logits', [width, TOKENS]);
    // A position looks at itself and what came before: −1e9 makes the rest vanish in the softmax.
    this.mask = tf.linalg
      .bandPart(tf.ones([context, context]), -1, 0)
      .sub(1)
      .mul(1e9);
  }

  /** Tokens `[batch, context]` → logits `[batch, context, 256]`. */
  forward(tokens: tf.Tensor): tf.Tensor {
    const { width, layers } = this.size;
    let x: tf.Tensor = tf.add(tf.gather(this.get('embedding'), tokens.toInt()), this.get('positions'));
    x = x.reshape([-1, width]);
    for (let i = 0; i < layers; i++) {
      x = x.add(this.attention(this.normalize(x, `block${i}/attentionScale`), i));
      const hidden = this.normalize(x, `block${i}/expandScale`).matMul(this.get(`block${i}/expand`));
      x = x.add(tf.matMul(tf.relu(hidden), this.get(`block${i}/contract`)));
    }
    const logits = this.normalize(x, 'scale').matMul(this.get('logits'));
    return logits.reshape([-1, this.context, TOKENS]);
  }

  private attention(x: tf.Tensor, block: number): tf.Tensor {
    const { width, heads } = this.size;
    const part = (name: string): tf.Tensor =>
      x
        .matMul(this.get(`block${block}/${name}`))
        .reshape([-1, this.context, heads, width / heads])
        .transpose([0, 2, 1, 3]);
    const scores = tf.matMul(part('query'), part('key'), false, true).div(Math.sqrt(width / heads));
    const mixed = tf.matMul(tf.softmax(scores.add(this.mask)), part('value'));
    return mixed
      .transpose([0, 2, 1, 3])
      .reshape([-1, width])
      .matMul(this.get(`block${block}/projection`));
  }

  /** Root-mean-square normalization of each row. */
  private normalize(x: tf.Tensor, scale: string): tf.Tensor {
    return x.mul(x.square().mean(-1, true).add(1e-6).rsqrt()).mul(this.get(scale));
  }

  private get(name: string): tf.Variable {
    return this.variables[name]!;
  }

  private weights(name: string, shape: [number, number], deviation = 1 / Math.sqrt(shape[0])): void {
    this.variables[name] = tf.variable(tf.randomNormal(shape, 0, deviation));
  }
}
