import type { LayerStatistics } from '../calibration/statistics';
import type { CodedAlone } from '../calibration/sensitivity';
import { toLayer } from '../feedback/quantizeLayer';
import type { KernelPool } from '../kernels/pool';
import { transpose } from '../matrixShape';
import type { RowOptions } from '../method';
import { logStepFor } from './normalRate';
import { normalRows } from './preparedLayer';

/** The rate at which it is measured what a layer's errors do: between those that models are coded at. */
const BITS = 2.5;

/** Codes one layer with error feedback at a middling rate. */
export async function codeAlone(
  weights: Float32Array,
  statistics: LayerStatistics,
  pool: KernelPool,
): Promise<CodedAlone> {
  const matrix = toLayer(weights, statistics);
  const curvature = await pool.run('feedback.curvature', statistics);
  const step = 2 ** logStepFor(normalRows({ matrix, curvature }), BITS);
  const options: RowOptions = { bits: BITS, groupSize: 128, range: 'mse', seed: 1, preset: 'fast' };
  const task = { matrix, curvature, method: 'dependent', options, plan: { step } } as const;
  const { reconstruction } = await pool.run('feedback.code', task);
  return {
    values: statistics.outputsFirst ? transpose(reconstruction, statistics.inputs) : reconstruction,
    step,
  };
}
