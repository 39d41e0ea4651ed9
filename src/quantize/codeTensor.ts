import type { ModelFormat } from '../modelfile/model';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { quantizeLayer } from './feedback/quantizeLayer';
import type {
  PlannedTensor,
  QuantizationMethod,
  QuantizedTensor,
  QuantizeOptions,
  TensorPlan,
} from './method';
import { fromView, toView, viewFor } from './tensorView';

/** A tensor that was coded, beside what it was. */
export interface CodedTensor {
  readonly original: Float32Array;
  readonly quantized: QuantizedTensor;
  /** What the packed tensor decodes to, in the order of the original. */
  readonly values: Float32Array;
  /** Whether the method coded the matrix with its axes exchanged. */
  readonly transposed: boolean;
  /** Of the tensor's layer, where it was coded with error feedback, see {@link quantizeLayer}. */
  readonly outputError?: number;
}

/** Codes a tensor: as the layer that it is where its inputs are known, else by itself. */
export async function codeTensor(
  tensor: PlannedTensor,
  method: QuantizationMethod,
  spec: Pick<QuantizeSpec, 'method' | 'grouping' | 'groupSize'> & { readonly format: ModelFormat },
  options: QuantizeOptions,
  plan: TensorPlan | undefined,
): Promise<CodedTensor> {
  const { entry, layer } = tensor;
  const original = await tensor.read();
  if (layer !== undefined) {
    const statistics = await layer.readStatistics();
    const groupSize = spec.grouping === 'channel' ? statistics.inputs : options.groupSize;
    const quantized = await quantizeLayer(original, statistics, method, { ...options, groupSize }, plan);
    const { values, transposed, outputError } = quantized;
    return { original, quantized, values, transposed, outputError };
  }
  const view = viewFor(spec, entry, spec.format);
  const viewOptions = { ...options, groupSize: view.groupSize };
  const quantized = await method.quantize(toView(original, view), view.shape, viewOptions, plan);
  return { original, quantized, values: fromView(quantized.values, view), transposed: view.transposed };
}
