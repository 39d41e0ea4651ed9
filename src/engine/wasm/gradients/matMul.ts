import type { TensorInfo } from '@tensorflow/tfjs';
import { runKernel, type WasmKernel } from './kernel';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * The backend's matrix product, with transposed operands transposed beforehand. The gradients of a
 * dense layer multiply by transposes, and the backend's own loop for those is ten times slower than a
 * transposition and its SIMD product: 20 ms against 2 ms for [784, 128] × [128, 256].
 */
export function matMulByTransposing(multiply: WasmKernel<MatMulAttributes>): WasmKernel<MatMulAttributes> {
  return ({ inputs, attributes: { transposeA, transposeB }, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const transposed = (matrix: TensorInfo): TensorInfo => {
      const last = matrix.shape.length - 1;
      const perm = [...matrix.shape.keys()].slice(0, last - 1).concat(last, last - 1);
      return runKernel('Transpose', backend, { x: matrix }, { perm });
    };
    const left = transposeA ? transposed(a) : a;
    const right = transposeB ? transposed(b) : b;
    const attributes = { transposeA: false, transposeB: false };
    const product = multiply({ inputs: { a: left, b: right }, attributes, backend });
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return product;
  };
}
