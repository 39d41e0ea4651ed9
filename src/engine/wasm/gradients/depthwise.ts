import type { TensorInfo } from '@tensorflow/tfjs';
import { forEachTap } from './columns';
import { depthwiseGeometry, type Convolution, type ConvolutionAttributes } from './convolution';
import { floats, type KernelCall } from './kernel';

/** The gradient of a depthwise convolution by its filter, [height, width, channels, multiplier]. */
export function depthwiseFilterGradient({
  inputs,
  attributes,
  backend,
}: KernelCall<ConvolutionAttributes & { readonly filterShape: number[] }>): TensorInfo {
  const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
  const convolution = depthwiseGeometry(x.shape, attributes.filterShape, attributes);
  const gradient = backend.makeOutput(attributes.filterShape, 'float32');
  const [input, output, sum] = [x, dy, gradient].map((tensor) => floats(backend, tensor));
  sum!.fill(0);
  forEachMeeting(convolution, (at, weight, result) => {
    sum![weight] = sum![weight]! + input![at]! * output![result]!;
  });
  return gradient;
}

/** The gradient of a depthwise convolution by its input, [images, height, width, channels]. */
export function depthwiseInputGradient({
  inputs,
  attributes,
  backend,
}: KernelCall<ConvolutionAttributes & { readonly inputShape: number[] }>): TensorInfo {
  const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
  const convolution = depthwiseGeometry(attributes.inputShape, filter.shape, attributes);
  const gradient = backend.makeOutput(attributes.inputShape, 'float32');
  const [output, weights, sum] = [dy, filter, gradient].map((tensor) => floats(backend, tensor));
  sum!.fill(0);
  forEachMeeting(convolution, (at, weight, result) => {
    sum![at] = sum![at]! + output![result]! * weights![weight]!;
  });
  return gradient;
}

/**
 * Visits every product that a depthwise convolution adds up: the flat places of the input, of the
 * weight and of the output that it goes into. Output channel c · multiplier + m comes from channel c.
 */
function forEachMeeting(
  convolution: Convolution,
  visit: (input: number, weight: number, output: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = convolution;
  const { strideHeight, strideWidth } = convolution;
  const multiplier = outChannels / inChannels;
  forEachTap(convolution, (tap, rows, columns, top, left) => {
    for (let n = 0; n < batchSize; n++) {
      for (let row = rows.start; row < rows.end; row++) {
        for (let column = columns.start; column < columns.end; column++) {
          const inputRow = n * inHeight + row * strideHeight + top;
          const input = (inputRow * inWidth + column * strideWidth + left) * inChannels;
          const output = ((n * outHeight + row) * outWidth + column) * outChannels;
          for (let c = 0; c < outChannels; c++) {
            visit(input + Math.floor(c / multiplier), tap * multiplier + c, output + c);
          }
        }
      }
    }
  });
}
