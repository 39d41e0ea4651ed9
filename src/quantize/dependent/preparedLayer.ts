import type { Curvature } from '../feedback/curvature';
import type { NormalSource } from './normalRate';

/** What coding a layer needs, whatever its step. */
export interface PreparedLayer {
  /** Its weights, `[inputs, outputs]`. */
  readonly matrix: Float32Array;
  readonly curvature: Curvature;
}

/** The rows of a layer as normal weights, each with a step in proportion to U_cc. */
export function normalRows({ matrix, curvature: { inputs, rowSteps } }: PreparedLayer): NormalSource[] {
  const outputs = matrix.length / inputs;
  return Array.from(rowSteps, (relativeStep, c) => {
    let squares = 0;
    for (let j = c * outputs; j < (c + 1) * outputs; j++) squares += matrix[j]! ** 2;
    return { weights: outputs, rms: Math.sqrt(squares / outputs), relativeStep };
  });
}
