import { eulerFlow, integratedFlow, type LocalProblem, type Tolerance } from '../splitting/localFlow';
import type { LocalLoss } from '../splitting/localLoss';

/** Finer than a step of training needs, for what is read is a difference. */
const TOLERANCE: Tolerance = { relative: 1e-6, absolute: 1e-9 };

/**
 * How far a step of SGD on a batch ends from the exact flow of the batch's loss for the same time (Merkulov and
 * Oseledets 2020), over the length of the flow's way: ‖Θ_SGD − Θ_flow‖ / ‖Θ_flow − Θ₀‖ of a linear model. For
 * small times t it is ½·t·λ, λ the curvature along the gradient; on a parabola t·λ / (1 − e^(−tλ)) − 1.
 * @param time ≥ 0, the learning rate of the step
 * @returns `undefined` where nothing moves
 */
export function splittingConsistency(
  loss: LocalLoss,
  problem: LocalProblem,
  time: number,
): number | undefined {
  const { coefficients: flow } = integratedFlow(loss, problem, time, TOLERANCE);
  const { coefficients: euler } = eulerFlow(loss, problem, time, 1);
  const gram = problem.gram();
  const length = lengthOf(flow, gram, problem);
  const difference = lengthOf(
    euler.map((coefficient, i) => coefficient - flow[i]!),
    gram,
    problem,
  );
  return length > 0 ? difference / length : undefined;
}

/** ‖XᵀA‖ = √Σ A·(G·A): the length of what coefficients A `[rows, outputs]` make of the weights. */
function lengthOf(
  coefficients: Float64Array,
  gram: Float64Array,
  { rows, outputs }: Pick<LocalProblem, 'rows' | 'outputs'>,
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let product = 0;
      for (let k = 0; k < outputs; k++) {
        product += coefficients[i * outputs + k]! * coefficients[j * outputs + k]!;
      }
      sum += gram[i * rows + j]! * product;
    }
  }
  return Math.sqrt(Math.max(0, sum));
}
