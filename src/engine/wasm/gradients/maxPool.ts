import * as tf from '@tensorflow/tfjs';
import { floats, type KernelCall } from './kernel';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Pool = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/**
 * The gradient of a 2-D max-pool by its input: each output's gradient goes to the first largest input
 * of its window. The backend's own kernel is wrong wherever a window reaches into the padding.
 */
export function maxPoolGradient({ inputs, attributes, backend }: KernelCall<PoolAttributes>): tf.TensorInfo {
  const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const shape = input.shape as [number, number, number, number];
  const pool = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const gradient = backend.makeOutput(input.shape, 'float32');
  const [x, outputs, sum] = [input, dy, gradient].map((tensor) => floats(backend, tensor));
  sum!.fill(0);
  const { batchSize, outHeight, outWidth, inChannels } = pool;
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let channel = 0; channel < inChannels; channel++, output++) {
          const largest = largestInWindow(x!, pool, image, row, column, channel);
          sum![largest] = sum![largest]! + outputs![output]!;
        }
      }
    }
  }
  return gradient;
}

/** The flat place of the first largest input in the window of an output position. */
function largestInWindow(
  x: Float32Array,
  { inHeight, inWidth, inChannels, filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Pool,
  image: number,
  row: number,
  column: number,
  channel: number,
): number {
  const top = row * strideHeight - padInfo.top;
  const left = column * strideWidth - padInfo.left;
  const at = (i: number, j: number) => ((image * inHeight + i) * inWidth + j) * inChannels + channel;
  let largest = at(Math.max(top, 0), Math.max(left, 0));
  for (let i = Math.max(top, 0); i < Math.min(top + filterHeight, inHeight); i++) {
    for (let j = Math.max(left, 0); j < Math.min(left + filterWidth, inWidth); j++) {
      if (x[at(i, j)]! > x[largest]!) largest = at(i, j);
    }
  }
  return largest;
}
