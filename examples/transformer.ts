import * as tf from '@tensorflow/tfjs';

export interface TransformerSize {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
}

/** A transformer that sees the last `context` bytes of a text; what it is for is up to its head. */
export class Transformer {
  readonly variables: Record<string, tf.Variable> = {};
  private readonly isAhead: tf.Tensor;

  constructor(
    private readonly context: number,
    private readonly size: TransformerSize,
  ) {
    const { width, layers } = size;
    this.weights('embedding', [256, width], 0.1);
    this.weights('positions', [context, width], 0.1);
    for (let i = 0; i < layers; i++) {
      for (const name of ['query', 'key', 'value', 'projection']) {
        this.weights(`block${i}/${name}`, [width, width]);
      }
      this.weights(`block${i}/expand`, [width, 4 * width]);
      this.weights(`block${i}/contract`, [4 * width, width]);
      this.scales(`block${i}/attentionScale`);
      this.scales(`block${i}/expandScale`);
    }
    this.scales('scale');
    this.isAhead = tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0));
  }

  /** A dense layer at the end. */
  addHead(name: string, outputs: number): void {
    this.weights(name, [this.size.width, outputs]);
  }

  /** Bytes `[batch, context]` → features `[batch · context, width]`. */
  features(bytes: tf.Tensor): tf.Tensor {
    const { width, layers } = this.size;
    let x: tf.Tensor = tf.add(tf.gather(this.get('embedding'), bytes.toInt()), this.get('positions'));
    x = x.reshape([-1, width]);
    for (let i = 0; i < layers; i++) {
      x = x.add(this.attention(this.normalize(x, `block${i}/attentionScale`), `block${i}`));
      const hidden = this.normalize(x, `block${i}/expandScale`).matMul(this.get(`block${i}/expand`));
      x = x.add(tf.matMul(tf.relu(hidden), this.get(`block${i}/contract`)));
    }
    return this.normalize(x, 'scale');
  }

  get(name: string): tf.Variable {
    return this.variables[name]!;
  }

  private attention(x: tf.Tensor, block: string): tf.Tensor {
    const { width, heads } = this.size;
    const split = (name: string): tf.Tensor =>
      x
        .matMul(this.get(`${block}/${name}`))
        .reshape([-1, this.context, heads, width / heads])
        .transpose([0, 2, 1, 3]);
    const scores = tf.matMul(split('query'), split('key'), false, true).div(Math.sqrt(width / heads));
    // Nobody looks ahead: −1e9 vanishes in the softmax.
    const attention = tf.softmax(scores.sub(this.isAhead.mul(1e9)));
    const mixed = tf.matMul(attention, split('value')).transpose([0, 2, 1, 3]).reshape([-1, width]);
    return mixed.matMul(this.get(`${block}/projection`));
  }

  /** Every row to a root mean square of 1, times a scale for each column. */
  private normalize(x: tf.Tensor, scale: string): tf.Tensor {
    return x.mul(x.square().mean(-1, true).add(1e-6).rsqrt()).mul(this.get(scale));
  }

  private weights(name: string, shape: [number, number], deviation = 1 / Math.sqrt(shape[0])): void {
    this.variables[name] = tf.variable(tf.randomNormal(shape, 0, deviation));
  }

  private scales(name: string): void {
    this.variables[name] = tf.variable(tf.ones([this.size.width]));
  }
}
