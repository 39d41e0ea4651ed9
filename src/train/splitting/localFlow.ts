import type { SymmetricEigen } from '../../math/symmetricEigen';
import { integrate } from '../../math/ode/dormandPrince';
import { CURVATURE, residualOf, type LocalLoss } from './localLoss';

/**
 * The gradient flow of the mean loss of one batch, dΘ/dt = −Xᵀr/b − pull·(Θ − Θ₀), where r is the derivative of
 * the loss by the logits. It moves the weights within the span of the batch's inputs only: Θ = Θ₀ + XᵀA, with
 * dA/dt = −r/b − pull·A, and the logits are Z = Z₀ + G·A with G = X·Xᵀ. So what is integrated has the size of the
 * batch's logits, not of the weights, no factorization is needed, and G may be of any rank.
 */
export interface LocalProblem {
  readonly rows: number;
  readonly outputs: number;
  /** G: row-major `[rows, rows]`. It is asked for where it is needed: not by a single step of Euler's method. */
  gram(): Float64Array;
  /** Z₀: `[rows, outputs]`. */
  readonly logits: Float64Array;
  /** `[rows, outputs]`. */
  readonly targets: Float64Array;
  /** Strength of a pull back to where the step began, ≥ 0: an ℓ₂ penalty of half as much on the step. */
  readonly pull: number;
}

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** Where a flow ended. */
export interface LocalStep {
  /** A: `[rows, outputs]`. */
  readonly coefficients: Float64Array;
  /** How often the residual was computed. */
  readonly evaluations: number;
  /** Share of the time that was covered: 1, unless the steps of a stiff batch ran out. */
  readonly covered: number;
}

/** Steps under control before {@link integrate} goes on with stable ones. */
const MAX_STEPS = 500;

/**
 * The flow of least squares in closed form: along an eigenvector of G with eigenvalue λ the coefficient is
 * (1 − e^(−ct))/c of the residual's, c = λ + pull·b, t = time/b. Directions whose eigenvalue is nothing but
 * rounding do not move.
 *
 * @param eigen of G
 * @param time ≥ 0; at Infinity the step is that of the block Kaczmarz method, Θ₀ + X⁺(Y − XΘ₀)
 */
export function leastSquaresFlow(problem: LocalProblem, eigen: SymmetricEigen, time: number): LocalStep {
  const { rows, outputs, logits, targets, pull } = problem;
  const coefficients = new Float64Array(rows * outputs);
  const negligible = rows * Number.EPSILON * eigen.values[0]!;
  for (let k = 0; k < rows; k++) {
    const eigenvalue = eigen.values[k]!;
    if (!(eigenvalue > negligible)) continue;
    const vector = eigen.vectors.subarray(k * rows, (k + 1) * rows);
    const rate = eigenvalue + pull * rows;
    const gain = -Math.expm1((-rate * time) / rows) / rate;
    for (let o = 0; o < outputs; o++) {
      let missing = 0;
      for (let row = 0; row < rows; row++) {
        missing += vector[row]! * (targets[row * outputs + o]! - logits[row * outputs + o]!);
      }
      for (let row = 0; row < rows; row++) coefficients[row * outputs + o]! += gain * missing * vector[row]!;
    }
  }
  return { coefficients, evaluations: 1, covered: 1 };
}

/** The flow of any of the losses, by an adaptive Runge–Kutta method on the logits and the coefficients together. */
export function integratedFlow(
  loss: LocalLoss,
  problem: LocalProblem,
  time: number,
  tolerance: Tolerance,
): LocalStep {
  const { rows, outputs, logits, targets, pull } = problem;
  const gram = problem.gram();
  const size = rows * outputs;
  const state = new Float64Array(2 * size);
  state.set(logits);
  const field = (at: Float64Array, slope: Float64Array) => {
    const residual = slope.subarray(size);
    residualOf(loss, at.subarray(0, size), targets, outputs, residual);
    for (let i = 0; i < size; i++) residual[i] = -residual[i]! / rows - pull * at[size + i]!;
    multiply(gram, residual, rows, outputs, slope.subarray(0, size));
  };
  const { evaluations, reached } = integrate(field, state, time, {
    relativeTolerance: tolerance.relative,
    absoluteTolerance: tolerance.absolute,
    maxSteps: MAX_STEPS,
    stableStep: 2 / ((CURVATURE[loss] * rowSumNorm(gram, rows)) / rows + pull),
  });
  return { coefficients: state.slice(size), evaluations, covered: time === 0 ? 1 : reached / time };
}

/** The flow in `stages` steps of Euler's method, each by an equal part of the time. One is a step of SGD. */
export function eulerFlow(loss: LocalLoss, problem: LocalProblem, time: number, stages: number): LocalStep {
  const { rows, outputs, targets, pull } = problem;
  const size = rows * outputs;
  const coefficients = new Float64Array(size);
  const logits = problem.logits.slice();
  const residual = new Float64Array(size);
  const moved = new Float64Array(size);
  for (let stage = 0; stage < stages; stage++) {
    residualOf(loss, logits, targets, outputs, residual);
    for (let i = 0; i < size; i++) {
      residual[i] = (-time / stages) * (residual[i]! / rows + pull * coefficients[i]!);
      coefficients[i]! += residual[i]!;
    }
    if (stage === stages - 1) break;
    multiply(problem.gram(), residual, rows, outputs, moved);
    for (let i = 0; i < size; i++) logits[i]! += moved[i]!;
  }
  return { coefficients, evaluations: stages, covered: 1 };
}

/** out = matrix `[n, n]` · right `[n, columns]`. */
function multiply(
  matrix: Float64Array,
  right: Float64Array,
  n: number,
  columns: number,
  out: Float64Array,
): void {
  out.fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const factor = matrix[i * n + j]!;
      for (let k = 0; k < columns; k++) out[i * columns + k]! += factor * right[j * columns + k]!;
    }
  }
}

/** The largest sum of sizes in a row: no eigenvalue of a symmetric matrix is larger. */
function rowSumNorm(matrix: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(matrix[i * n + j]!);
    largest = Math.max(largest, sum);
  }
  return largest;
}
