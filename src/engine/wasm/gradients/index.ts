import { conv2DFilterGradient } from './conv2DFilter';
import { conv2DInputGradient } from './conv2DInput';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
import { registerWasmKernel, replaceWasmKernel } from './kernel';
import { matMulByTransposing } from './matMul';
import { maxPoolGradient } from './maxPool';
import { unsortedSegmentSum } from './segmentSum';

/**
 * Registers the gradient kernels that the wasm backend lacks, so that convolutions, depthwise
 * convolutions and embeddings train on it, and replaces one that is wrong and two that are slow.
 */
export function registerGradientKernels(): void {
  registerWasmKernel('Conv2DBackpropFilter', conv2DFilterGradient);
  registerWasmKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient);
  registerWasmKernel('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient);
  registerWasmKernel('UnsortedSegmentSum', unsortedSegmentSum);
  replaceWasmKernel('MaxPoolGrad', () => maxPoolGradient);
  replaceWasmKernel('Conv2DBackpropInput', () => conv2DInputGradient);
  replaceWasmKernel('BatchMatMul', matMulByTransposing);
}
