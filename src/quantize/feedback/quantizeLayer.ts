import type { TensorEntry } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import type { LayerStatistics, LayerSummary } from '../calibration/statistics';
import { matrixRows, transpose } from '../matrixShape';
import type { QuantizationMethod, QuantizedTensor, QuantizeOptions, TensorPlan } from '../method';

export interface QuantizedLayer extends QuantizedTensor {
  /** Whether `packed` codes the matrix with its axes exchanged. */
  readonly transposed: boolean;
  /** Mean square of the change of the layer's output over that of the output, {@link outputError}. */
  readonly outputError: number;
}

/**
 * Codes the weights of a layer whose inputs are known, with error feedback.
 *
 * @param weights in the order of their tensor: `[inputs, outputs]`, or `[outputs, inputs]` where the statistics say so
 * @param method one that codes row by row
 */
export async function quantizeLayer(
  weights: Float32Array,
  statistics: LayerStatistics,
  { id }: QuantizationMethod,
  options: QuantizeOptions,
  plan?: TensorPlan,
): Promise<QuantizedLayer> {
  const { pool, signal, ...rowOptions } = withoutCallbacks(options);
  const { inputs, values, outputsFirst } = statistics;
  const matrix = toLayer(weights, statistics);
  const curvature = await pool.run('feedback.curvature', statistics);
  signal?.throwIfAborted();
  const task = { matrix, curvature, method: id, options: rowOptions, ...(plan && { plan }) };
  const coded = await pool.run('feedback.code', task);
  const { reconstruction, packed, coding, decomposition, iterations = 0, transposed = false } = coded;
  signal?.throwIfAborted();
  return {
    values: outputsFirst ? transpose(reconstruction, inputs) : reconstruction,
    packed,
    coding,
    transposed: transposed !== outputsFirst,
    iterations,
    ...(decomposition && { decomposition }),
    outputError: await pool.run('feedback.outputError', values, inputs, matrix, reconstruction),
  };
}

/** Weights in the order of their tensor as `[inputs, outputs]`. */
export function toLayer(
  weights: Float32Array,
  { inputs, outputsFirst }: Pick<LayerSummary, 'inputs' | 'outputsFirst'>,
): Float32Array {
  return outputsFirst ? transpose(weights, weights.length / inputs) : weights;
}

/** The options as a task on a thread can take them. */
function withoutCallbacks(options: QuantizeOptions) {
  const { pool, signal, bits, groupSize, range, codebook, seed, preset } = options;
  return { pool, signal, bits, groupSize, range, seed, preset, ...(codebook && { codebook }) };
}

/**
 * Whether a method can code a tensor as the layer that statistics describe: row by row, and with rows that
 * are those of the matrix that the tensor is seen as, {@link matrixRows}. A kernel of many taps and few
 * channels may be cut elsewhere.
 * @throws UserError `calibration-mismatch` where the statistics are of a layer of another size
 */
export function codesAsLayer(
  method: QuantizationMethod,
  { name, shape, size }: TensorEntry,
  { kind, inputs, outputsFirst }: LayerSummary,
): boolean {
  const outputs = (outputsFirst ? shape[0] : shape.at(-1)) ?? 1;
  if (inputs * outputs !== size) {
    throw new UserError(
      'calibration-mismatch',
      `The statistics are of another model: they give ${name} ${inputs} inputs, its shape is ${shape.join(' × ')}.`,
      'Calibrate this model.',
    );
  }
  if (method.startRows === undefined) return false;
  if (kind === 'lookups' && method.rowsHaveSteps !== true) return false;
  return matrixRows(shape) === (outputsFirst ? outputs : inputs);
}
