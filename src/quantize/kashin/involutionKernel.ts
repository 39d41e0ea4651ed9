import { involutionPasses, type Involution, type InvolutionPass } from '../../math/involution';
import { checkLength } from '../../math/orthogonal/transform';
import module from '../kernels/assembly/kashin.wasm';
import type { Norms } from './decomposition/norms';

/** What assembly/kashin.ts exports. Addresses are in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  base(): number;
  hadamard(data: number, length: number, stride: number): void;
  hadamardRows(data: number, length: number, rowLength: number): void;
  negate(data: number, signs: number, length: number): void;
  norms(data: number, length: number, result: number): void;
  moveSigns(residual: number, factor: number, length: number, step: number, result: number): void;
}

const PAGE = 65536;
/** Vectors start on lines of the cache. */
const ALIGNMENT = 64;

let compiled: WebAssembly.Module | undefined;

/**
 * Some float32 vectors in a WebAssembly memory of their own, with the loops of the decomposition over them: the
 * involution P of `createInvolution(length, seed)` and the step to the nearest vertex, in the bits of the plain
 * versions.
 */
export class InvolutionKernel {
  /** The vectors, views of the memory. */
  readonly vectors: readonly Float32Array[];
  private readonly exports: Exports;
  private readonly passes: readonly InvolutionPass[];
  /** Addresses of the signs, by the pass that needs them. */
  private readonly signs = new Map<InvolutionPass, number>();
  private readonly result: Float64Array;

  constructor(
    readonly length: number,
    seed: number,
    vectors: number,
  ) {
    compiled ??= new WebAssembly.Module(module);
    this.exports = new WebAssembly.Instance(compiled).exports as unknown as Exports;
    this.passes = involutionPasses(length, seed);

    let end = this.exports.base();
    const take = (bytes: number): number => {
      const start = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      end = start + bytes;
      return start;
    };
    const addresses = Array.from({ length: vectors }, () => take(4 * length));
    const result = take(2 * Float64Array.BYTES_PER_ELEMENT);
    for (const pass of this.passes) {
      if (pass.kind === 'signs') this.signs.set(pass, take(pass.signs.byteLength));
    }
    const { memory } = this.exports;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));

    // Views are made after the memory has grown, for that detaches earlier ones.
    this.vectors = addresses.map((address) => new Float32Array(memory.buffer, address, length));
    this.result = new Float64Array(memory.buffer, result, 2);
    for (const [pass, address] of this.signs) {
      if (pass.kind === 'signs') new Uint32Array(memory.buffer, address).set(pass.signs);
    }
  }

  /** Replaces a vector z by P z. */
  apply(vector: number): void {
    const { exports, length } = this;
    const data = this.address(vector);
    for (const pass of this.passes) {
      if (pass.kind === 'rows') exports.hadamardRows(data, length, pass.length);
      else if (pass.kind === 'columns') exports.hadamard(data + 4 * pass.start, pass.length, pass.stride);
      else exports.negate(data, this.signs.get(pass)!, length);
    }
  }

  norms(vector: number): Norms {
    this.exports.norms(this.address(vector), this.length, this.result.byteOffset);
    return this.readNorms();
  }

  /** See `Workspace.move`. */
  moveSigns(residual: number, factor: number, step: number): Norms {
    const { exports, length, result } = this;
    exports.moveSigns(this.address(residual), this.address(factor), length, step, result.byteOffset);
    return this.readNorms();
  }

  private address(vector: number): number {
    return this.vectors[vector]!.byteOffset;
  }

  private readNorms(): Norms {
    return { sum: this.result[0]!, squares: this.result[1]! };
  }
}

/** The involution of `createInvolution(length, seed)`, computed in WebAssembly. */
export function createKernelInvolution(length: number, seed: number): Involution {
  const kernel = new InvolutionKernel(length, seed, 1);
  const vector = kernel.vectors[0]!;
  const apply = (z: Float32Array) => {
    checkLength(involution, z);
    vector.set(z);
    kernel.apply(0);
    z.set(vector);
  };
  const involution: Involution = { length, apply, applyTranspose: apply };
  return involution;
}
