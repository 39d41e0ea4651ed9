/** Logits = inputs · weights + bias, in float64. */
export interface LinearModel {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major `[inputs, outputs]`. */
  readonly weights: Float64Array;
  /** `[outputs]`; absent where there is none. */
  readonly bias?: Float64Array;
}

/** Examples that are learned from at once. */
export interface Batch {
  readonly rows: number;
  /** Row-major `[rows, inputs]`. */
  readonly inputs: Float64Array;
  /** Numbers, or probabilities of classes: row-major `[rows, outputs]`. */
  readonly targets: Float64Array;
}

/** Row-major `[rows, outputs]`. */
export function logitsOf(model: LinearModel, { rows, inputs }: Pick<Batch, 'rows' | 'inputs'>): Float64Array {
  const { inputs: width, outputs, weights, bias } = model;
  const logits = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const out = logits.subarray(row * outputs, (row + 1) * outputs);
    if (bias) out.set(bias);
    for (let i = 0; i < width; i++) {
      const x = inputs[row * width + i]!;
      if (x === 0) continue;
      for (let k = 0; k < outputs; k++) out[k]! += x * weights[i * outputs + k]!;
    }
  }
  return logits;
}

/** Adds to the weights the inputs of the batch, each row multiplied by its coefficients `[rows, outputs]`. */
export function addCombination(model: LinearModel, batch: Batch, coefficients: Float64Array): void {
  const { inputs: width, outputs, weights, bias } = model;
  for (let row = 0; row < batch.rows; row++) {
    const taken = coefficients.subarray(row * outputs, (row + 1) * outputs);
    if (bias) for (let k = 0; k < outputs; k++) bias[k]! += taken[k]!;
    for (let i = 0; i < width; i++) {
      const x = batch.inputs[row * width + i]!;
      if (x === 0) continue;
      for (let k = 0; k < outputs; k++) weights[i * outputs + k]! += x * taken[k]!;
    }
  }
}

/** Products of the batch's inputs with each other, a one for the bias among them: row-major `[rows, rows]`. */
export function gramOf({ rows, inputs }: Batch, withBias: boolean): Float64Array {
  const width = inputs.length / rows;
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = withBias ? 1 : 0;
      for (let k = 0; k < width; k++) sum += inputs[i * width + k]! * inputs[j * width + k]!;
      gram[i * rows + j] = sum;
      gram[j * rows + i] = sum;
    }
  }
  return gram;
}
