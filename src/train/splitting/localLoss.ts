/**
 * Losses of a linear model, by example: half the squared error; the log loss of independent labels from 0 to 1;
 * the cross entropy of classes.
 */
export const LOCAL_LOSSES = ['squares', 'logistic', 'softmax'] as const;
export type LocalLoss = (typeof LOCAL_LOSSES)[number];

/** The largest second derivative by the logits: the loss of an example curves no more. */
export const CURVATURE: Readonly<Record<LocalLoss, number>> = { squares: 1, logistic: 1 / 4, softmax: 1 / 2 };

/**
 * Derivative of the loss by the logits: what the model expects, less the targets. All `[rows, outputs]`.
 *
 * @param residual overwritten
 */
export function residualOf(
  loss: LocalLoss,
  logits: Float64Array,
  targets: Float64Array,
  outputs: number,
  residual: Float64Array,
): void {
  switch (loss) {
    case 'squares':
      for (let i = 0; i < residual.length; i++) residual[i] = logits[i]! - targets[i]!;
      return;
    case 'logistic':
      for (let i = 0; i < residual.length; i++) residual[i] = 1 / (1 + Math.exp(-logits[i]!)) - targets[i]!;
      return;
    case 'softmax':
      for (let from = 0; from < residual.length; from += outputs) {
        softmaxResidual(logits, targets, from, from + outputs, residual);
      }
  }
}

function softmaxResidual(
  logits: Float64Array,
  targets: Float64Array,
  from: number,
  to: number,
  residual: Float64Array,
): void {
  let largest = -Infinity;
  for (let k = from; k < to; k++) largest = Math.max(largest, logits[k]!);
  let sum = 0;
  for (let k = from; k < to; k++) {
    // Less the largest logit, so that no exponential overflows.
    const raised = Math.exp(logits[k]! - largest);
    residual[k] = raised;
    sum += raised;
  }
  for (let k = from; k < to; k++) residual[k] = residual[k]! / sum - targets[k]!;
}
