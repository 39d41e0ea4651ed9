import type { QuantizationMethodId } from '../../protocol/jobSpec';
import type { LayerStatistics } from '../calibration/statistics';
import type { RowOptions, TensorPlan } from '../method';
import { quantizationMethod } from '../registry';
import { curvatureOfHessian, curvatureOfMoments, type Curvature } from './curvature';
import { codeWithFeedback, type CodedMatrix } from './recurrence';

/** The curvature that statistics of a layer's inputs make. */
export function layerCurvature({
  kind,
  inputs,
  values,
}: Pick<LayerStatistics, 'kind' | 'inputs' | 'values'>): Curvature {
  return kind === 'hessian' ? curvatureOfHessian(values, inputs) : curvatureOfMoments(values);
}

/** A layer to code. */
export interface LayerTask {
  /** `[inputs, outputs]` */
  readonly matrix: Float32Array;
  readonly curvature: Curvature;
  /** One that codes row by row. */
  readonly method: QuantizationMethodId;
  readonly options: RowOptions;
  readonly plan?: TensorPlan;
}

/** Codes a layer with error feedback, on the thread that runs. */
export function codeLayer({ matrix, curvature, method, options, plan }: LayerTask): Promise<CodedMatrix> {
  const { startRows } = quantizationMethod(method);
  if (startRows === undefined) throw new Error(`${method} does not code row by row`);
  return codeWithFeedback(matrix, curvature, (rows) => startRows(rows, options, plan));
}
