import type { TensorInfo } from '@tensorflow/tfjs';
import { imagesPerChunk, patchSize, unrollImages } from './columns';
import { conv2DGeometry, type Conv2DAttributes } from './convolution';
import { floats, matrixProduct, sliceImages, type KernelCall } from './kernel';

/**
 * The gradient of a 2-D convolution by its filter: the unrolled images times the gradient of the
 * output, [patch, positions] × [positions, output channels], summed over chunks of the batch.
 */
export function conv2DFilterGradient({
  inputs,
  attributes,
  backend,
}: KernelCall<Conv2DAttributes & { readonly filterShape: number[] }>): TensorInfo {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const { filterShape } = attributes;
  const convolution = conv2DGeometry(x.shape, filterShape, attributes);
  const { batchSize, outHeight, outWidth, outChannels } = convolution;
  const gradient = backend.makeOutput(filterShape, 'float32');
  floats(backend, gradient).fill(0);
  const chunk = imagesPerChunk(convolution);
  for (let first = 0; first < batchSize; first += chunk) {
    const images = Math.min(chunk, batchSize - first);
    const positions = images * outHeight * outWidth;
    const columns = backend.makeOutput([patchSize(convolution), positions], 'float32');
    unrollImages(floats(backend, x), convolution, first, images, floats(backend, columns));
    const outputs = sliceImages(backend, dy, first, images);
    const part = matrixProduct(backend, columns, { ...outputs, shape: [positions, outChannels] });
    addTo(floats(backend, gradient), floats(backend, part));
    for (const { dataId } of [columns, outputs, part]) backend.disposeData(dataId);
  }
  return gradient;
}

function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + part[i]!;
}
