import { decodeFloat32 } from '../modelfile/dtype';
import type { PackedPart } from './partsMethod';

/** Number of elements of a tensor of this shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** A layout with its bytes, by suffix. */
export function fillParts(
  layout: readonly Omit<PackedPart, 'bytes'>[],
  bytes: ReadonlyMap<string, Uint8Array>,
): readonly PackedPart[] {
  return layout.map((part) => ({ ...part, bytes: partOf(bytes, part.suffix) }));
}

/** The bytes of one part; a missing one is a fault of the caller. */
export function partOf(parts: ReadonlyMap<string, Uint8Array>, suffix: string): Uint8Array {
  const bytes = parts.get(suffix);
  if (bytes === undefined) throw new Error(`No packed part ${suffix}`);
  return bytes;
}

/** One part as float32 numbers. */
export function floatsOf(
  parts: ReadonlyMap<string, Uint8Array>,
  suffix: string,
  dtype: 'F16' | 'F32',
): Float32Array {
  return decodeFloat32(new Uint8Array(partOf(parts, suffix)), dtype);
}
