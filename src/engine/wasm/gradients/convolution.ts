import * as tf from '@tensorflow/tfjs';

/** The attributes that the gradients of a convolution have in common. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export interface Conv2DAttributes extends ConvolutionAttributes {
  readonly dataFormat: 'NHWC' | 'NCHW';
}

/** Sizes of a convolution: of the input, the output, the filter, its strides and the padding. */
export type Convolution = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * The geometry of a 2-D convolution in the layout [batch, height, width, channels].
 * @throws Error for another layout, which this backend's forward convolution does not have either
 */
export function conv2DGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dimRoundingMode }: Conv2DAttributes,
): Convolution {
  if (dataFormat !== 'NHWC') throw new Error(`The wasm engine convolves in NHWC, not in ${dataFormat}.`);
  return geometry(inputShape, filterShape, strides, pad, dimRoundingMode, false);
}

/** The geometry of a depthwise convolution, whose filter is [height, width, channels, multiplier]. */
export function depthwiseGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): Convolution {
  return geometry(inputShape, filterShape, strides, pad, dimRoundingMode, true);
}

function geometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  strides: ConvolutionAttributes['strides'],
  pad: ConvolutionAttributes['pad'],
  rounding: ConvolutionAttributes['dimRoundingMode'],
  depthwise: boolean,
): Convolution {
  const input = inputShape as [number, number, number, number];
  const filter = filterShape as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad, rounding, depthwise);
}

/**
 * The outputs, from `start` up to `end`, whose input `output · stride + offset` lies inside an axis of
 * the given length; for the others this tap of the filter falls on the padding.
 */
export function outputsInside(
  length: number,
  outputs: number,
  stride: number,
  offset: number,
): { readonly start: number; readonly end: number } {
  const start = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(outputs, Math.floor((length - 1 - offset) / stride) + 1);
  return { start, end: Math.max(start, end) };
}
