import { beforeAll, describe, expect, it } from 'vitest';
import { QUANTIZATION_METHODS, type QuantizationMethodId } from '../../../../src/protocol/jobSpec';
import type { LayerStatistics } from '../../../../src/quantize/calibration/statistics';
import { outputError } from '../../../../src/quantize/feedback/outputError';
import { quantizeLayer } from '../../../../src/quantize/feedback/quantizeLayer';
import { transpose, transposedShape } from '../../../../src/quantize/matrixShape';
import { quantizationMethod } from '../../../../src/quantize/registry';
import { bitsPerWeight, quantizeOptions, readBack } from '../methodContract';
import { bitsOf } from '../samples';
import { transformerLayer, type Layer } from '../../../../bench/quantize/transformerLayer';

const INPUTS = 512;
const OUTPUTS = 384;

let layer: Layer;
beforeAll(() => {
  layer = transformerLayer(INPUTS, OUTPUTS, 1);
});

/** Bits to test a method at: two where it offers them; the published four of the greedy Kashin decomposition. */
const BITS: Partial<Record<QuantizationMethodId, number>> = {
  nf4: 4,
  'kashin-alternating': 4,
  'kashin-greedy': 4,
};

const coding = QUANTIZATION_METHODS.filter((id) => quantizationMethod(id).startRows !== undefined);

describe.each(coding)('%s under error feedback', (id) => {
  const method = quantizationMethod(id);
  const options = quantizeOptions({
    bits: BITS[id] ?? 2,
    groupSize: id === 'nf4' ? 64 : 128,
    preset: 'fast',
  });
  const statistics = (outputsFirst: boolean): LayerStatistics => ({
    kind: 'hessian',
    inputs: INPUTS,
    values: layer.hessian,
    samples: 1,
    outputsFirst,
  });

  it('moves the output half as far as without, or less, at the same bits', async () => {
    const plain = await method.quantize(layer.weights, [INPUTS, OUTPUTS], options);
    const without = outputError(layer.hessian, INPUTS, layer.weights, plain.values);
    const fed = await quantizeLayer(layer.weights, statistics(false), method, options);
    expect(fed.outputError).toBeCloseTo(outputError(layer.hessian, INPUTS, layer.weights, fed.values), 12);
    // A bit a weight is worth a factor of four: what feedback costs in bits is not counted as its gain.
    const atEqualBits = 4 ** (bitsPerWeight(fed) - bitsPerWeight(plain));
    expect(without / (fed.outputError * atEqualBits)).toBeGreaterThan(2);
    expect(atEqualBits).toBeLessThan(1.15);
  });

  it('writes what a reader of its bytes gets, whichever axis of the tensor the inputs are', async () => {
    for (const outputsFirst of [false, true]) {
      const shape = outputsFirst ? [OUTPUTS, INPUTS] : [INPUTS, OUTPUTS];
      const weights = outputsFirst ? transpose(layer.weights, INPUTS) : layer.weights;
      const quantized = await quantizeLayer(weights, statistics(outputsFirst), method, options);
      const coded = quantized.transposed ? transposedShape(shape) : shape;
      const read = await readBack(method, coded, quantized);
      const values = quantized.transposed ? transpose(read, coded[0]) : read;
      expect(bitsOf(values)).toEqual(bitsOf(quantized.values));
    }
  });

  it('changes nothing where no input tells anything of another', async () => {
    const identity = new Float64Array(INPUTS * INPUTS);
    for (let i = 0; i < INPUTS; i++) identity[i * INPUTS + i] = 1;
    const moments = {
      ...statistics(false),
      kind: 'moments',
      values: new Float64Array(INPUTS).fill(1),
    } as const;
    const fed = await quantizeLayer(
      layer.weights,
      { ...statistics(false), values: identity },
      method,
      options,
    );
    const plain = await quantizeLayer(layer.weights, moments, method, options);
    expect(fed.values).toEqual(plain.values);
    expect(fed.packed).toEqual(plain.packed);
  });
});
