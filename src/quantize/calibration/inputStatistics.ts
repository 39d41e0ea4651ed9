import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { LayerStatistics } from './statistics';

/** Vectors that are gathered before they are multiplied: one large product is faster than many small ones. */
export const GATHERED = 2048;

/** Averages x xᵀ, or x² alone, over the inputs x of one layer; products in float32, sums in float64. */
export class InputStatistics {
  private readonly sum: Float64Array;
  private count = 0;
  private pending: tfjs.Tensor[] = [];
  private pendingCount = 0;

  /** @param outputsFirst whether the layer's weights are `[outputs, inputs]` instead of `[inputs, outputs]` */
  constructor(
    private readonly tf: TensorFlow,
    readonly kind: LayerStatistics['kind'],
    readonly inputs: number,
    readonly outputsFirst: boolean,
  ) {
    this.sum = new Float64Array(kind === 'hessian' ? inputs * inputs : inputs);
  }

  /** @param x `[samples, inputs]` */
  addVectors(x: tfjs.Tensor): void {
    this.pending.push(this.tf.keep(x));
    this.pendingCount += x.shape[0];
    if (this.pendingCount >= GATHERED) this.multiply();
  }

  /**
   * Adds inputs of which one is 1 and all others are 0, by the position of the 1. Each position counts once
   * more than it occurs (Laplace's rule of succession): what these samples never look up, others will.
   */
  addIndicators(positions: Int32Array | Float32Array | Uint8Array): void {
    const { sum } = this;
    if (this.count === 0) sum.fill(1);
    for (const position of positions) sum[position] = sum[position]! + 1;
    this.count += positions.length;
  }

  /** The means over everything that was added; `undefined` where nothing was. Call it once: it ends the gathering. */
  finish(): LayerStatistics | undefined {
    this.multiply();
    const { kind, inputs, outputsFirst, count, sum } = this;
    if (count === 0) return undefined;
    const divisor = kind === 'lookups' ? count + inputs : count;
    // In place: the sums of all layers beside their means would take twice the memory.
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! / divisor;
    return { kind, inputs, outputsFirst, samples: count, values: sum };
  }

  private multiply(): void {
    const { tf, kind, sum, pending } = this;
    if (pending.length === 0) return;
    const products = tf.tidy(() => {
      const x = tf.concat(pending);
      return (kind === 'hessian' ? tf.matMul(x, x, true) : x.square().sum(0)).dataSync();
    });
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + products[i]!;
    this.count += this.pendingCount;
    tf.dispose(pending);
    this.pending = [];
    this.pendingCount = 0;
  }
}
