import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { observeKernels, type KernelCall } from '../../engine/kernelObserver';
import { InputStatistics } from './inputStatistics';
import type { LayerStatistics, StatisticsKind } from './statistics';

/** A matrix E[x xᵀ] of more inputs would take more than half a gigabyte; then E[x²] must do. */
export const MOST_INPUTS = 8192;

/** A weight of the model, or what a reshaping made of it: the matrix in it, `[rows, columns]`. */
interface WeightMatrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Whether the weight itself is the transpose of this matrix. */
  readonly transposed: boolean;
}

/**
 * Watches what is multiplied by the weights of a model while it runs, and gathers E[x xᵀ] over it for each
 * of them: over the rows of the other operand of a matrix product, over the patches under the kernel of a
 * convolution; for tables of vectors how often each is looked up.
 */
export class LayerInputs {
  private readonly matrices = new WeakMap<object, WeightMatrix>();
  private readonly inputs = new Map<string, InputStatistics>();
  private readonly stopObserving: () => void;

  /** @param weights the tensors to watch for, by the names that the model's file gives them */
  constructor(
    private readonly tf: TensorFlow,
    weights: ReadonlyMap<string, tfjs.Tensor>,
  ) {
    for (const [name, tensor] of weights) {
      const columns = tensor.shape.at(-1)!;
      this.matrices.set(tensor.dataId, { name, rows: tensor.size / columns, columns, transposed: false });
    }
    this.stopObserving = observeKernels(tf, (call) => this.see(call));
  }

  /** Stops watching, frees all tensors, and returns what was gathered, by weight. */
  finish(): ReadonlyMap<string, LayerStatistics> {
    this.stopObserving();
    const statistics = new Map<string, LayerStatistics>();
    for (const [name, inputs] of this.inputs) {
      const means = inputs.finish();
      if (means !== undefined) statistics.set(name, means);
    }
    return statistics;
  }

  private see(call: KernelCall): void {
    const { inputs, attributes } = call;
    switch (call.kernel) {
      case 'Identity':
      case 'Reshape':
      case 'Transpose':
        this.follow(call);
        break;
      case 'BatchMatMul':
      case '_FusedMatMul':
        this.seeProduct(inputs['a']!, inputs['b']!, attributes);
        break;
      case 'Conv2D':
      case 'FusedConv2D':
        this.seeConvolution(inputs['x']!, inputs['filter']!, attributes);
        break;
      case 'GatherV2':
        if (attributes['axis'] === 0) this.seeLookup(inputs['x']!, inputs['indices']!);
        break;
    }
  }

  /** A copy, a reshaping or a transpose of a weight is still that weight, if it holds the same matrix. */
  private follow({ kernel, inputs, attributes, outputs }: KernelCall): void {
    const input = inputs['x']!;
    const output = outputs[0]!;
    const matrix = this.matrices.get(input.dataId);
    if (matrix === undefined) return;
    const columns = output.shape.at(-1);
    if (kernel !== 'Transpose') {
      if (columns === matrix.columns) this.matrices.set(output.dataId, matrix);
      return;
    }
    const order = attributes['perm'] as readonly number[];
    if (order.every((axis, i) => axis === i)) {
      this.matrices.set(output.dataId, matrix);
    } else if (input.rank === 2) {
      const { name, rows, transposed } = matrix;
      this.matrices.set(output.dataId, {
        name,
        rows: matrix.columns,
        columns: rows,
        transposed: !transposed,
      });
    }
  }

  private seeProduct(a: tfjs.Tensor, b: tfjs.Tensor, attributes: KernelCall['attributes']): void {
    const { tf } = this;
    const right = this.matrices.get(b.dataId);
    if (right !== undefined && isMatrix(b)) {
      const x = attributes['transposeA'] === true ? swapLast(tf, a) : a;
      this.addRows(x, right, attributes['transposeB'] === true);
      return;
    }
    const left = this.matrices.get(a.dataId);
    if (left !== undefined && isMatrix(a)) {
      const x = attributes['transposeB'] === true ? b : swapLast(tf, b);
      this.addRows(x, left, attributes['transposeA'] !== true);
    }
  }

  /** Vectors `[…, inputs]` that meet a matrix whose rows, or columns, are the inputs. */
  private addRows(
    x: tfjs.Tensor,
    { name, rows, columns, transposed }: WeightMatrix,
    inColumns: boolean,
  ): void {
    const inputs = inColumns ? columns : rows;
    this.add(name, x.reshape([-1, inputs]), inColumns !== transposed);
  }

  private seeConvolution(x: tfjs.Tensor, filter: tfjs.Tensor, attributes: KernelCall['attributes']): void {
    const matrix = this.matrices.get(filter.dataId);
    if (matrix === undefined || matrix.transposed || filter.rank !== 4) return;
    const [height, width, channels] = filter.shape as [number, number, number, number];
    const inputs = height * width * channels;
    if (inputs > MOST_INPUTS) return;
    // A convolution whose filter is the identity lays out the patches.
    const identity = this.tf.eye(inputs).reshape([height, width, channels, inputs]);
    const patches = this.tf.conv2d(
      x as tfjs.Tensor4D,
      identity as tfjs.Tensor4D,
      attributes['strides'] as [number, number],
      attributes['pad'] as 'same',
      attributes['dataFormat'] as 'NHWC',
      attributes['dilations'] as [number, number],
      attributes['dimRoundingMode'] as 'floor' | undefined,
    );
    const rows = attributes['dataFormat'] === 'NCHW' ? patches.transpose([0, 2, 3, 1]) : patches;
    this.add(matrix.name, rows.reshape([-1, inputs]), false);
  }

  private seeLookup(table: tfjs.Tensor, indices: tfjs.Tensor): void {
    const matrix = this.matrices.get(table.dataId);
    if (matrix === undefined || matrix.transposed || table.rank !== 2) return;
    this.statisticsOf(matrix.name, 'lookups', matrix.rows, false)?.addIndicators(indices.dataSync());
  }

  /** @param x `[samples, inputs]` */
  private add(name: string, x: tfjs.Tensor, outputsFirst: boolean): void {
    const inputs = x.shape[1]!;
    const kind = inputs > MOST_INPUTS ? 'moments' : 'hessian';
    this.statisticsOf(name, kind, inputs, outputsFirst)?.addVectors(x);
  }

  /**
   * Where a weight is used in two ways, a product says more about it than a lookup, and the first product
   * more than one with the transpose.
   */
  private statisticsOf(
    name: string,
    kind: StatisticsKind,
    inputs: number,
    outputsFirst: boolean,
  ): InputStatistics | undefined {
    const known = this.inputs.get(name);
    if (known?.kind === kind && known.outputsFirst === outputsFirst) return known;
    if (known !== undefined && (known.kind !== 'lookups' || kind === 'lookups')) return undefined;
    known?.finish();
    const statistics = new InputStatistics(this.tf, kind, inputs, outputsFirst);
    this.inputs.set(name, statistics);
    return statistics;
  }
}

/** Whether all dimensions but the last two are 1. */
function isMatrix(tensor: tfjs.Tensor): boolean {
  return tensor.rank >= 2 && tensor.size === tensor.shape.at(-1)! * tensor.shape.at(-2)!;
}

function swapLast(tf: TensorFlow, x: tfjs.Tensor): tfjs.Tensor {
  const axes = x.shape.map((_, i) => i);
  const last = axes.length - 1;
  return tf.transpose(x, [...axes.slice(0, -2), last, last - 1]);
}
