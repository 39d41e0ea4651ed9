import type { TensorFlow } from '../../engine/engine';
import { around } from './around';
import { presentGradients, type Gradients, type Optimizer } from './optimizer';

/**
 * Shortens gradients whose norm over all variables is above `limit` to that norm, before the optimizer has
 * them (Pascanu, Mikolov and Bengio, 2013).
 */
export function clipped(tf: TensorFlow, optimizer: Optimizer, limit: number): Optimizer {
  return around(optimizer, {
    step: (gradients) => tf.tidy(() => optimizer.step(shortened(tf, gradients, limit))),
  });
}

function shortened(tf: TensorFlow, gradients: Gradients, limit: number): Gradients {
  const present = presentGradients(gradients);
  const squares = present.map(([, gradient]) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  const scale = tf.div(limit, tf.maximum(norm, limit));
  return Object.fromEntries(present.map(([name, gradient]) => [name, tf.mul(gradient, scale)]));
}
