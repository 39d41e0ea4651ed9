import bytes from '../kernels/assembly/rowUpdates.wasm';
import { instantiate, type KernelExports } from '../kernels/instantiate';

/**
 * A matrix whose rows are changed by combinations of a block of other rows:
 * target_k −= Σ_i c_ik · block_i, in float32, each operation rounded, i ascending.
 */
export interface RowUpdates {
  /** `[rows, columns]` */
  readonly target: Float32Array;
  /** `[blockRows, columns]` */
  readonly block: Float32Array;
  /** c, `[blockRows, rows]` */
  readonly coefficients: Float32Array;
  /** Changes rows `from` up to `to` by rows `first` up to `first + count` of the block. */
  subtract(from: number, to: number, first: number, count: number): void;
}

interface Kernel {
  prepare(rows: number, columns: number, blockRows: number): void;
  targetAt(): number;
  blockAt(): number;
  coefficientsAt(): number;
  subtract(from: number, to: number, first: number, count: number): void;
}

const module = new WebAssembly.Module(bytes);

/** In WebAssembly SIMD, in a memory of its own. */
export function createRowUpdates(rows: number, columns: number, blockRows: number): RowUpdates {
  const kernel = instantiate(module) as KernelExports<Kernel>;
  kernel.prepare(rows, columns, blockRows);
  const { buffer } = kernel.memory;
  return {
    target: new Float32Array(buffer, kernel.targetAt(), rows * columns),
    block: new Float32Array(buffer, kernel.blockAt(), blockRows * columns),
    coefficients: new Float32Array(buffer, kernel.coefficientsAt(), blockRows * rows),
    subtract: (from, to, first, count) => kernel.subtract(from, to, first, count),
  };
}
