import type { TensorInfo } from '@tensorflow/tfjs';
import { addPatches, imagesPerChunk, patchSize } from './columns';
import { conv2DGeometry, type Conv2DAttributes } from './convolution';
import { floats, matrixProduct, sliceImages, type KernelCall } from './kernel';

/**
 * The gradient of a 2-D convolution by its input: the gradient of the output times the transposed
 * filter, [positions, output channels] × [output channels, patch], added back to the images.
 */
export function conv2DInputGradient({
  inputs,
  attributes,
  backend,
}: KernelCall<Conv2DAttributes & { readonly inputShape: number[] }>): TensorInfo {
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const { inputShape } = attributes;
  const convolution = conv2DGeometry(inputShape, filter.shape, attributes);
  const { batchSize, outHeight, outWidth, outChannels } = convolution;
  const size = patchSize(convolution);
  const gradient = backend.makeOutput(inputShape, 'float32');
  floats(backend, gradient).fill(0);
  const transposed = backend.makeOutput([outChannels, size], 'float32');
  transpose(floats(backend, filter), size, outChannels, floats(backend, transposed));
  const chunk = imagesPerChunk(convolution);
  for (let first = 0; first < batchSize; first += chunk) {
    const images = Math.min(chunk, batchSize - first);
    const outputs = sliceImages(backend, dy, first, images);
    const positions = images * outHeight * outWidth;
    const patches = matrixProduct(backend, { ...outputs, shape: [positions, outChannels] }, transposed);
    addPatches(floats(backend, patches), convolution, first, images, floats(backend, gradient));
    for (const { dataId } of [outputs, patches]) backend.disposeData(dataId);
  }
  backend.disposeData(transposed.dataId);
  return gradient;
}

/** Writes the transpose of a [rows, columns] matrix. */
function transpose(matrix: Float32Array, rows: number, columns: number, result: Float32Array): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j]!;
  }
}
