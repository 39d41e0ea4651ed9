import type { LossName } from '../../../../src/train/experiment';

/** Two numbers, three units with tanh, two outputs; everything in float64 and row-major. */
export interface OracleNetwork {
  /** `[2, 3]`, `[3]`, `[3, 2]`, `[2]`. */
  readonly weights: [number[], number[], number[], number[]];
}

export interface OracleStep {
  readonly loss: LossName;
  /** Of the last layer. */
  readonly time: number;
  readonly pull: number;
  /** Of SGD on the others. */
  readonly learningRate: number;
}

const INPUTS = 2;
const HIDDEN = 3;
const OUTPUTS = 2;
/** Steps of the classical Runge–Kutta method: far below float32 in error. */
const PIECES = 400;

/**
 * One step of the same recursion with none of its means: the flow of the last layer in the space of its weights, by
 * small steps of a fixed method; then SGD on the others with the gradient written out.
 *
 * @param x `[2]` an example
 * @param y `[2]` an example
 * @returns the loss before the step
 */
export function stepOracle(
  network: OracleNetwork,
  x: readonly number[][],
  y: readonly number[][],
  { loss, time, pull, learningRate }: OracleStep,
): number {
  const [kernel, bias, lastKernel, lastBias] = network.weights;
  const hidden = x.map((row) =>
    bias.map((b, j) =>
      Math.tanh(b + row.reduce((sum, value, i) => sum + value * kernel[i * HIDDEN + j]!, 0)),
    ),
  );
  const answer = (head: readonly number[]): number[][] =>
    hidden.map((row) =>
      Array.from({ length: OUTPUTS }, (_, k) =>
        row.reduce((sum, value, j) => sum + value * head[j * OUTPUTS + k]!, head[HIDDEN * OUTPUTS + k]!),
      ),
    );
  const start = [...lastKernel, ...lastBias];
  const before = meanLoss(loss, answer(start), y);

  const field = (head: readonly number[]): number[] => {
    const residual = residuals(loss, answer(head), y);
    const gradient = start.map((value, i) => pull * (head[i]! - value));
    residual.forEach((row, n) =>
      row.forEach((r, k) => {
        hidden[n]!.forEach((value, j) => (gradient[j * OUTPUTS + k]! += value * r));
        gradient[HIDDEN * OUTPUTS + k]! += r;
      }),
    );
    return gradient.map((g) => -g);
  };
  let head = start;
  for (let piece = 0; piece < PIECES; piece++) head = rungeKutta(field, head, time / PIECES);

  const residual = residuals(loss, answer(head), y);
  const kernelGradient = kernel.map(() => 0);
  const biasGradient = bias.map(() => 0);
  residual.forEach((row, n) => {
    for (let j = 0; j < HIDDEN; j++) {
      const back = row.reduce((sum, r, k) => sum + r * head[j * OUTPUTS + k]!, 0) * (1 - hidden[n]![j]! ** 2);
      biasGradient[j]! += back;
      for (let i = 0; i < INPUTS; i++) kernelGradient[i * HIDDEN + j]! += back * x[n]![i]!;
    }
  });
  network.weights[0] = kernel.map((w, i) => w - learningRate * kernelGradient[i]!);
  network.weights[1] = bias.map((w, i) => w - learningRate * biasGradient[i]!);
  network.weights[2] = head.slice(0, HIDDEN * OUTPUTS);
  network.weights[3] = head.slice(HIDDEN * OUTPUTS);
  return before;
}

/** Derivative of the mean loss by the answers. */
function residuals(loss: LossName, answers: readonly number[][], y: readonly number[][]): number[][] {
  return answers.map((row, n) => {
    const expected = loss === 'softmaxCrossEntropy' ? softmax(row) : row;
    const scale = loss === 'softmaxCrossEntropy' ? 1 : 2 / OUTPUTS;
    return expected.map((value, k) => (scale * (value - y[n]![k]!)) / answers.length);
  });
}

function meanLoss(loss: LossName, answers: readonly number[][], y: readonly number[][]): number {
  const losses = answers.map((row, n) => {
    const target = y[n]!;
    return loss === 'softmaxCrossEntropy'
      ? -softmax(row).reduce((sum, p, k) => sum + target[k]! * Math.log(p), 0)
      : row.reduce((sum, value, k) => sum + (value - target[k]!) ** 2, 0) / OUTPUTS;
  });
  return losses.reduce((sum, value) => sum + value, 0) / losses.length;
}

function softmax(row: readonly number[]): number[] {
  const raised = row.map(Math.exp);
  const sum = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / sum);
}

function rungeKutta(field: (at: readonly number[]) => number[], at: number[], h: number): number[] {
  const moved = (slope: readonly number[], by: number) => at.map((value, i) => value + by * slope[i]!);
  const k1 = field(at);
  const k2 = field(moved(k1, h / 2));
  const k3 = field(moved(k2, h / 2));
  const k4 = field(moved(k3, h));
  return at.map((value, i) => value + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
}
