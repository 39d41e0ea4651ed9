/**
 * A coded tensor. `head` is what all chunks share (scales, levels, frequencies); each chunk codes a
 * consecutive range of elements and, with the head, is decoded alone.
 */
export interface PackedTensor {
  readonly head: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}
