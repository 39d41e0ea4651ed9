import type { TensorEntry } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import type { LayerStatistics, LayerSummary } from '../calibration/statistics';
import { matrixRows, transpose } from '../matrixShape';
import type { QuantizationMethod, QuantizedTensor, QuantizeOptions, TensorPlan } from '../method';
import { curvatureOfHessian, curvatureOfMoments } from './curvature';
import { outputError } from './outputError';
import { codeWithFeedback } from './recurrence';

export interface QuantizedLayer extends QuantizedTensor {
  /** Whether `packed` codes the matrix with its axes exchanged. */
  readonly transposed: boolean;
  /** Mean square of the change of the layer's output over that of the output, see {@link outputError}. */
  readonly outputError: number;
}

/**
 * Codes the weights of a layer whose inputs are known, with error feedback.
 *
 * @param weights as the tensor has them: `[inputs, outputs]`, or `[outputs, inputs]` where the statistics say so
 * @param method one that codes row by row
 */
export async function quantizeLayer(
  weights: Float32Array,
  statistics: LayerStatistics,
  method: Required<Pick<QuantizationMethod, 'startRows'>>,
  options: QuantizeOptions,
  plan?: TensorPlan,
): Promise<QuantizedLayer> {
  const { kind, inputs, values, outputsFirst } = statistics;
  const matrix = outputsFirst ? transpose(weights, weights.length / inputs) : weights;
  const curvature = kind === 'hessian' ? curvatureOfHessian(values, inputs) : curvatureOfMoments(values);
  const start = (rows: Parameters<typeof method.startRows>[0]) => method.startRows(rows, options, plan);
  const { reconstruction, packed, coding, transposed } = await codeWithFeedback(matrix, curvature, start, options);
  return {
    values: outputsFirst ? transpose(reconstruction, inputs) : reconstruction,
    packed,
    coding,
    transposed: (transposed ?? false) !== outputsFirst,
    iterations: 0,
    outputError: outputError(values, inputs, matrix, reconstruction),
  };
}

/**
 * Whether the matrix that a tensor is seen as, {@link matrixRows}, is the one of its layer: a kernel with
 * many taps and few channels may be cut elsewhere, and is coded without feedback.
 * @throws UserError `calibration-mismatch` where the statistics are of a layer of another size
 */
export function fitsLayer({ name, shape, size }: TensorEntry, { inputs, outputsFirst }: LayerSummary): boolean {
  const outputs = (outputsFirst ? shape[0] : shape.at(-1)) ?? 1;
  if (inputs * outputs !== size) {
    throw new UserError(
      'calibration-mismatch',
      `The statistics are of another model: they give ${name} ${inputs} inputs, its shape is ${shape.join(' × ')}.`,
      'Calibrate this model.',
    );
  }
  return matrixRows(shape) === (outputsFirst ? outputs : inputs);
}
