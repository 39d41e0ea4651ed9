import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from './engine';

/** A kernel that has run, with tensors that are alive until the observer returns. */
export interface KernelCall {
  /** TensorFlow.js's name of it: `BatchMatMul`, `Conv2D`, … */
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, tfjs.Tensor>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly tfjs.Tensor[];
}

/**
 * Calls `observe` after every kernel that TensorFlow.js runs, whatever asked for it: a graph model, a layers
 * model, or a function. Kernels that another kernel or the observer itself runs are not observed; what the
 * observer allocates is freed when it returns. Returns a function that ends it.
 */
export function observeKernels(tf: TensorFlow, observe: (call: KernelCall) => void): () => void {
  const engine = tf.engine();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back below, and called on the engine
  const original = engine.runKernel;
  let inside = false;
  engine.runKernel = ((...call: Parameters<typeof original>) => {
    const run = () => original.apply<typeof engine, typeof call, tfjs.Tensor | tfjs.Tensor[]>(engine, call);
    if (inside) return run();
    inside = true;
    try {
      const result = run();
      const [kernel, inputs, attributes = {}] = call;
      const outputs = Array.isArray(result) ? result : [result];
      tf.tidy(() => observe({ kernel, inputs, attributes, outputs }));
      return result;
    } finally {
      inside = false;
    }
  }) as typeof original;
  return () => {
    engine.runKernel = original;
  };
}
