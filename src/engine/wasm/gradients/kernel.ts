import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What a kernel is given: its input tensors by name, its attributes, and the backend with the heap. */
export interface KernelCall<Attributes> {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attributes: Attributes;
  readonly backend: BackendWasm;
}

/** Computes an output from inputs that stay as they are. */
export type WasmKernel<Attributes> = (call: KernelCall<Attributes>) => tf.TensorInfo;

/** Registers a kernel of the wasm backend under its name in TensorFlow.js. */
export function registerWasmKernel<Attributes>(name: string, kernel: WasmKernel<Attributes>): void {
  tf.registerKernel({ kernelName: name, backendName: 'wasm', kernelFunc: toKernelFunc(kernel) });
}

/** Replaces a kernel of the wasm backend by one that may call the original. */
export function replaceWasmKernel<Attributes>(
  name: string,
  replacement: (original: WasmKernel<Attributes>) => WasmKernel<Attributes>,
): void {
  const config = tf.getKernel(name, 'wasm');
  const original: WasmKernel<Attributes> = (call) =>
    runKernel(name, call.backend, call.inputs, call.attributes, config);
  tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({ ...config, kernelFunc: toKernelFunc(replacement(original)) });
}

/** Runs one of the backend's own kernels on tensors of the heap. */
export function runKernel(
  name: string,
  backend: BackendWasm,
  inputs: Readonly<Record<string, tf.TensorInfo>>,
  attributes: unknown,
  config = tf.getKernel(name, 'wasm'),
): tf.TensorInfo {
  const attrs = attributes as NonNullable<Parameters<tf.KernelFunc>[0]['attrs']>;
  return config.kernelFunc({ inputs, attrs, backend }) as tf.TensorInfo;
}

/** The values of a float32 tensor on the heap. A view: the next allocation may invalidate it. */
export function floats(backend: BackendWasm, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** The product of two float32 matrices, [rows, inner] × [inner, columns]. */
export function matrixProduct(backend: BackendWasm, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const inputs = { a: { ...a, shape: [1, ...a.shape] }, b: { ...b, shape: [1, ...b.shape] } };
  const straight = { transposeA: false, transposeB: false };
  const product = runKernel('BatchMatMul', backend, inputs, straight);
  return { ...product, shape: product.shape.slice(1) };
}

/** Images `first` up to `first + count` of a batch [images, height, width, channels], as a copy. */
export function sliceImages(
  backend: BackendWasm,
  batch: tf.TensorInfo,
  first: number,
  count: number,
): tf.TensorInfo {
  const size = [count, ...batch.shape.slice(1)];
  return runKernel('Slice', backend, { x: batch }, { begin: [first, 0, 0, 0], size });
}

function toKernelFunc<Attributes>(kernel: WasmKernel<Attributes>): tf.KernelFunc {
  return ({ inputs, backend, attrs }) =>
    kernel({
      inputs: inputs as Record<string, tf.TensorInfo>,
      attributes: attrs as unknown as Attributes,
      backend: backend as unknown as BackendWasm,
    });
}
