import { solveCholesky } from './cholesky';

export interface LogisticRegressionOptions {
  /** λ in mean log loss + λ/2·‖w‖²; the intercept is not penalised. Positive. */
  readonly penalty: number;
  /** Stop when no coefficient of a Newton step is larger. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

/** Weights of the features, and the intercept last: `[features + 1]`. */
export type LogisticModel = Float64Array;

/**
 * Fits a two-class logistic regression by Newton's method with halved steps, which converges for any
 * data because the penalised loss is strictly convex.
 *
 * @param features row-major `[count, width]`
 * @param labels `[count]`, 0 or 1
 * @returns `[width + 1]`
 */
export function fitLogisticRegression(
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  { penalty, tolerance = 1e-8, maxIterations = 100 }: LogisticRegressionOptions,
): LogisticModel {
  const count = labels.length;
  const width = features.length / count;
  const size = width + 1;
  let model = new Float64Array(size);
  let loss = penalisedLoss(model, features, labels, penalty);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const { gradient, hessian } = derivatives(model, features, labels, penalty);
    if (!solveCholesky(hessian, gradient)) throw new Error('The Hessian is not positive definite.');
    let step = 1;
    let next = model.map((w, i) => w - gradient[i]!);
    let nextLoss = penalisedLoss(next, features, labels, penalty);
    while (nextLoss > loss && step > 1e-6) {
      step /= 2;
      next = model.map((w, i) => w - step * gradient[i]!);
      nextLoss = penalisedLoss(next, features, labels, penalty);
    }
    const largest = gradient.reduce((max, d) => Math.max(max, Math.abs(step * d)), 0);
    model = next;
    loss = nextLoss;
    if (largest < tolerance) break;
  }
  return model;
}

/** Share of the rows that the model puts on the side of their label. Shapes as in {@link fitLogisticRegression}. */
export function accuracy(
  model: LogisticModel,
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
): number {
  const width = model.length - 1;
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    if (logit(model, features, row * width) > 0 === labels[row]! > 0.5) right++;
  }
  return right / labels.length;
}

/** Mean log loss + penalty/2·‖w‖². */
export function penalisedLoss(
  model: LogisticModel,
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  penalty: number,
): number {
  const width = model.length - 1;
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const z = logit(model, features, row * width) * (labels[row]! > 0.5 ? 1 : -1);
    sum += z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z;
  }
  let norm = 0;
  for (let i = 0; i < width; i++) norm += model[i]! ** 2;
  return sum / labels.length + (penalty / 2) * norm;
}

function logit(model: LogisticModel, features: ArrayLike<number>, offset: number): number {
  const width = model.length - 1;
  let z = model[width]!;
  for (let i = 0; i < width; i++) z += model[i]! * features[offset + i]!;
  return z;
}

/** Gradient `[size]` and Hessian (lower triangle of `[size, size]`) of the penalised loss. */
function derivatives(
  model: LogisticModel,
  features: ArrayLike<number>,
  labels: ArrayLike<number>,
  penalty: number,
): { gradient: Float64Array; hessian: Float64Array } {
  const size = model.length;
  const width = size - 1;
  const count = labels.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row = new Float64Array(size);
  row[width] = 1;
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < width; i++) row[i] = features[r * width + i]!;
    const probability = 1 / (1 + Math.exp(-logit(model, features, r * width)));
    const slope = (probability - labels[r]!) / count;
    const curvature = (probability * (1 - probability)) / count;
    for (let i = 0; i < size; i++) {
      gradient[i]! += slope * row[i]!;
      const weighted = curvature * row[i]!;
      const base = i * size;
      for (let j = 0; j <= i; j++) hessian[base + j]! += weighted * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) {
    gradient[i]! += penalty * model[i]!;
    hessian[i * size + i]! += penalty;
  }
  // Separable data with a saturated intercept would leave its row empty.
  hessian[size * size - 1]! += 1e-12;
  return { gradient, hessian };
}
