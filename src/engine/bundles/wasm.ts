/**
 * The wasm engine's bundle: TensorFlow.js with its WebAssembly backend, and the gradient kernels that
 * this backend lacks.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { registerGradientKernels } from '../wasm/gradients';

registerGradientKernels();

export { setWasmPaths, tf };
