import type { TensorInfo } from '@tensorflow/tfjs';
import type { KernelCall } from './kernel';

/**
 * Sums rows by segment, the gradient of a gather: row i of x, [rows, …], is added to row
 * `segmentIds[i]` of the output, [segments, …]. Rows of no segment (an id outside 0 … segments − 1) are
 * left out, as on TensorFlow.
 */
export function unsortedSegmentSum({
  inputs,
  attributes: { numSegments },
  backend,
}: KernelCall<{ readonly numSegments: number }>): TensorInfo {
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  const sum = backend.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
  const [values, ids, sums] = [x, segmentIds, sum].map((tensor) => backend.typedArrayFromHeap(tensor));
  const size = values!.length / ids!.length;
  sums!.fill(0);
  for (const [row, id] of ids!.entries()) {
    if (id < 0 || id >= numSegments) continue;
    for (let i = 0; i < size; i++) sums![id * size + i] = sums![id * size + i]! + values![row * size + i]!;
  }
  return sum;
}
