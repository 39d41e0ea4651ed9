import type { PlannedTensor, QuantizationMethod } from '../method';
import { encodeTensor, reconstruct } from './encodeTensor';
import { tensorLayout } from './layout';
import { statesFor } from './presets';
import { startDependentRows } from './rowCoder';
import { measureRows } from './rowSizes';
import { stepFor } from './stepFor';
import { planTensors } from './plan';
import { planSteps } from './stepSearch';

/**
 * Dependent quantization with an entropy code: two scalar quantizers that take turns as a trellis says, the
 * best path found by a Viterbi search, its integers coded by rANS with frequencies for classes of weights.
 * Any real number of bits a weight from 1 to 8, everything in the file counted; with 256 states 0.2 dB above
 * Shannon's limit on normal weights, and below the normal limit wherever weights are not normal. Weights are
 * not rotated: their structure is worth bits.
 */
export const dependent: QuantizationMethod = {
  id: 'dependent',

  plan: planTensors,
  startRows: startDependentRows,
  rowsHaveSteps: true,

  async quantize(values, shape, options, plan) {
    const chosen = plan ?? (await planAlone(values, shape, options));
    const layout = tensorLayout(shape);
    const sizes = measureRows(values, layout);
    const matrix = { weights: values, layout, rms: sizes.rms };
    const step = stepFor(chosen, sizes);
    const { packed, coding, indices } = await encodeTensor(matrix, step, statesFor(options.preset), options);
    return { values: reconstruct(indices, step), packed, coding, iterations: 0 };
  },
};

/** The plan of a tensor that stands for itself. */
async function planAlone(
  values: Float32Array,
  shape: readonly number[],
  options: Parameters<QuantizationMethod['quantize']>[2],
) {
  const name = '';
  const tensor: PlannedTensor = {
    entry: { name, dtype: 'F32', shape, size: values.length, bytes: values.byteLength },
    bitsToSpare: 0,
    read: () => Promise.resolve(values),
  };
  return (await planSteps([tensor], options)).get(name)!;
}
