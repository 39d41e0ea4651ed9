import type { Column } from './dataSet';

/** An array of a `.npy` file; integers of 16 and 32 bits become Int32, `float16` and `float64` Float32. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Column['values'];
}

const MAGIC = '\u0093NUMPY';
/** Headers of real files have some hundred bytes. */
const LONGEST_HEADER = 2 ** 16;

interface NpyType {
  readonly bytes: number;
  read(view: DataView, count: number): NpyArray['values'];
}

const TYPES: Readonly<Record<string, NpyType>> = {
  '|b1': unsigned8(),
  '|u1': unsigned8(),
  '|i1': integer(1, (view, at) => view.getInt8(at)),
  '<u2': integer(2, (view, at) => view.getUint16(at, true)),
  '<i2': integer(2, (view, at) => view.getInt16(at, true)),
  '<i4': integer(4, (view, at) => view.getInt32(at, true)),
  '<i8': integer(8, (view, at) => int32Of(view.getBigInt64(at, true))),
  '<f4': float(4, (view, at) => view.getFloat32(at, true)),
  '<f8': float(8, (view, at) => view.getFloat64(at, true)),
};

/**
 * Reads a `.npy` file of NumPy (format versions 1 to 3): a header that says type, order and shape, then the values.
 * Everything that the header says is checked against the size of the file before anything is allocated.
 * @throws Error that completes the sentence `… is no array that can be read: …`
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== MAGIC) {
    throw new Error('it does not begin as a .npy file does');
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw new Error(`its version ${version} is not known`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER || start + length > bytes.length) throw new Error('it ends within its header');
  const header = String.fromCharCode(...bytes.subarray(start, start + length));
  const { type, name, shape } = parseHeader(header);
  const count = shape.reduce((product, size) => product * size, 1);
  const found = bytes.length - start - length;
  if (count * type.bytes !== found) {
    throw new Error(`its header announces ${count} values of ${name} and ${found} bytes follow`);
  }
  return {
    shape,
    values: type.read(new DataView(bytes.buffer, bytes.byteOffset + start + length, found), count),
  };
}

function parseHeader(header: string): { type: NpyType; name: string; shape: readonly number[] } {
  const name = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (name === undefined || order === undefined || sizes === undefined)
    throw new Error('its header is not whole');
  const type = TYPES[name];
  if (type === undefined)
    throw new Error(`values of the type ${name} are not read, but ${Object.keys(TYPES).join(', ')}`);
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  if (order === 'True' && shape.length > 1)
    throw new Error('it lies column by column: save np.ascontiguousarray(it)');
  return { type, name, shape };
}

function unsigned8(): NpyType {
  return { bytes: 1, read: (view, count) => new Uint8Array(view.buffer, view.byteOffset, count).slice() };
}

function integer(bytes: number, at: (view: DataView, offset: number) => number): NpyType {
  return { bytes, read: (view, count) => Int32Array.from({ length: count }, (_, i) => at(view, i * bytes)) };
}

function float(bytes: number, at: (view: DataView, offset: number) => number): NpyType {
  return {
    bytes,
    read: (view, count) => Float32Array.from({ length: count }, (_, i) => at(view, i * bytes)),
  };
}

function int32Of(value: bigint): number {
  if (BigInt.asIntN(32, value) === value) return Number(value);
  throw new Error(`it holds ${value}, which needs more than 32 bits`);
}
