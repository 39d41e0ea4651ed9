import { involutionPasses, type InvolutionPass } from '../../math/involution';
import module from '../kernels/assembly/kashin.wasm';
import { instantiate, type KernelExports } from '../kernels/instantiate';
import { involutionSeeds, type CreateSpreading, type Sides } from './spreading';

interface Kernel {
  base(): number;
  hadamard(data: number, length: number, stride: number): void;
  hadamardRows(data: number, length: number, rowLength: number): void;
  negate(data: number, signs: number, length: number): void;
}

const PAGE = 65536;
/** Vectors start on lines of the cache. */
const ALIGNMENT = 64;

let compiled: WebAssembly.Module | undefined;
/** All matrices of a thread pass through one memory. */
let kernel: KernelExports<Kernel> | undefined;

/** Whether WebAssembly may be compiled. */
export function hasSpreadingKernel(): boolean {
  try {
    compiled ??= new WebAssembly.Module(module);
    return true;
  } catch {
    return false;
  }
}

/** The transform in WebAssembly SIMD. */
export const createSpreadingKernel: CreateSpreading = (sides, seed, mixing) => {
  compiled ??= new WebAssembly.Module(module);
  kernel ??= instantiate(compiled) as KernelExports<Kernel>;
  const space = layOut(kernel, sides);
  const passesOf = (side: keyof Sides) =>
    involutionSeeds(sides[side], seed, side).flatMap((s) => involutionPasses(sides[side], s));
  const rowPasses = passesOf('columns');
  const columnPasses = mixing === 'both' ? passesOf('rows') : [];
  const mixRows = (passes: readonly InvolutionPass[]) => {
    for (const pass of passes) passAlongRows(space, sides, pass);
  };
  const mixColumns = (passes: readonly InvolutionPass[]) => {
    for (const pass of passes) passAlongColumns(space, sides, pass);
  };
  return {
    spread(matrix) {
      space.matrix().set(matrix);
      mixColumns(columnPasses);
      mixRows(rowPasses);
      matrix.set(space.matrix());
    },
    gather(matrix) {
      space.matrix().set(matrix);
      // An involution is the same backwards.
      mixRows(rowPasses.toReversed());
      mixColumns(columnPasses.toReversed());
      matrix.set(space.matrix());
    },
  };
};

/** Where a matrix lies in the kernel's memory. */
interface Space {
  readonly kernel: KernelExports<Kernel>;
  /** Addresses of the matrix, and of one bit for each column. */
  readonly data: number;
  readonly signs: number;
  /** The matrix as a view of the memory, until that grows. */
  matrix(): Float32Array;
}

function layOut(kernel: KernelExports<Kernel>, { rows, columns }: Sides): Space {
  const data = Math.ceil(kernel.base() / ALIGNMENT) * ALIGNMENT;
  const signs = data + Math.ceil((4 * rows * columns) / ALIGNMENT) * ALIGNMENT;
  const missing = signs + 4 * Math.ceil(columns / 32) - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE));
  return {
    kernel,
    data,
    signs,
    matrix: () => new Float32Array(kernel.memory.buffer, data, rows * columns),
  };
}

function passAlongRows({ kernel, data, signs }: Space, { rows, columns }: Sides, pass: InvolutionPass): void {
  // Runs of a power of two that divides the columns never cross the end of a row.
  if (pass.kind === 'rows') {
    kernel.hadamardRows(data, rows * columns, pass.length);
    return;
  }
  if (pass.kind === 'signs') new Uint32Array(kernel.memory.buffer, signs, pass.signs.length).set(pass.signs);
  for (let row = 0; row < rows; row++) {
    const start = data + 4 * row * columns;
    if (pass.kind === 'signs') kernel.negate(start, signs, columns);
    else kernel.hadamard(start + 4 * pass.start, pass.length, pass.stride);
  }
}

/** A column's elements are whole rows apart. */
function passAlongColumns(
  { kernel, data, signs }: Space,
  { rows, columns }: Sides,
  pass: InvolutionPass,
): void {
  switch (pass.kind) {
    case 'rows':
      for (let row = 0; row < rows; row += pass.length) {
        kernel.hadamard(data + 4 * row * columns, pass.length * columns, columns);
      }
      break;
    case 'columns':
      kernel.hadamard(data + 4 * pass.start * columns, pass.length * columns, pass.stride * columns);
      break;
    case 'signs':
      new Uint32Array(kernel.memory.buffer, signs, Math.ceil(columns / 32)).fill(0xffffffff);
      for (let row = 0; row < rows; row++) {
        if ((pass.signs[row >> 5]! >>> (row & 31)) & 1) {
          kernel.negate(data + 4 * row * columns, signs, columns);
        }
      }
  }
}
