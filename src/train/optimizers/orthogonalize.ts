import type { Tensor2D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';

/** Coefficients of the quintic iteration of Jordan et al. (2024), steep at 0 rather than exact at 1. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const ITERATIONS = 5;

/**
 * The nearest matrix with orthonormal rows or columns, roughly: Newton–Schulz iterations X ← aX + b(XXᵀ)X +
 * c(XXᵀ)²X lead all singular values that are not tiny to between 0.7 and 1.2. The caller tidies.
 */
export function orthogonalize(tf: TensorFlow, matrix: Tensor2D): Tensor2D {
  const [rows, columns] = matrix.shape;
  const isTall = rows > columns;
  let x = tf.div<Tensor2D>(matrix, tf.add(tf.norm(matrix), 1e-7));
  for (let k = 0; k < ITERATIONS; k++) {
    // Products of the shorter side.
    const gram = tf.matMul(x, x, isTall, !isTall);
    const polynomial = tf.add<Tensor2D>(tf.mul(B, gram), tf.mul(C, tf.matMul(gram, gram)));
    const turned = isTall ? tf.matMul(x, polynomial) : tf.matMul(polynomial, x);
    x = tf.add<Tensor2D>(tf.mul(A, x), turned);
  }
  return x;
}
