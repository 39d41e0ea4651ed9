import type { RateDistortionRow } from '../protocol/events';
import {
  defaultGroupSize,
  offersBits,
  QUANTIZATION_METHODS,
  type Preset,
  type QuantizationMethodId,
} from '../protocol/jobSpec';
import { decibels, distortionOf, errorSums } from './error';
import type { KernelPool } from './kernels/pool';
import type { QuantizeOptions } from './method';
import { packedTensorLength } from './packedTensor';
import { quantizationMethod } from './registry';
import type { WeightSample } from './sampleWeights';

/** Bits at which methods are compared unless a person says otherwise. */
export const COMPARED_BITS: readonly number[] = [2, 3, 4];

/**
 * About so many weights the methods are tried on unless a person says otherwise. It bounds what a comparison costs,
 * whatever the size of the model: 3.7 s of processor time on the Universal Sentence Encoder Lite, of which
 * `kashin-truncation` takes 1.5 s, `kashin-greedy` 0.65 s, `dependent` 0.45 s and `kashin-search` 0.4 s. On twice as
 * many the distortion of each method came out within 5 % of this.
 */
export const SAMPLED_WEIGHTS = 2 ** 17;

/** A method at a number of bits. */
export interface RateDistortionCase {
  readonly method: QuantizationMethodId;
  readonly bits: number;
}

/** Each of the methods at each of the bits that it offers. */
export function rateDistortionCases(
  methods: readonly QuantizationMethodId[] = QUANTIZATION_METHODS,
  bits: readonly number[] = COMPARED_BITS,
): readonly RateDistortionCase[] {
  const wanted = [...new Set(bits)].sort((a, b) => a - b);
  return methods.flatMap((method) =>
    wanted.filter((value) => offersBits(method, value)).map((value) => ({ method, bits: value })),
  );
}

export interface MeasureContext {
  readonly seed: number;
  readonly preset: Preset;
  readonly pool: KernelPool;
  readonly signal?: AbortSignal;
}

/**
 * Quantizes a sample by one method, with what a person gets who chooses nothing else. Bits are true: every
 * byte that a native file holds for the blocks beside its header; distortion is squared error over squares,
 * of all together.
 */
export async function measureRateDistortion(
  { method: id, bits }: RateDistortionCase,
  { blocks, weights }: WeightSample,
  context: MeasureContext,
): Promise<RateDistortionRow> {
  const method = quantizationMethod(id);
  const options: QuantizeOptions = { ...context, bits, groupSize: defaultGroupSize(id), range: 'mse' };
  const start = performance.now();
  const plans = await method.plan?.(blocks, options);
  let bytes = 0;
  const totals = { squaredError: 0, squares: 0 };
  for (const { entry, values } of blocks) {
    const quantized = await method.quantize(values, entry.shape, options, plans?.get(entry.name));
    bytes += packedTensorLength(quantized.packed);
    const sums = errorSums(values, quantized.values);
    totals.squaredError += sums.squaredError;
    totals.squares += sums.squares;
  }
  const distortion = distortionOf(totals);
  return {
    method: id,
    bits: { nominal: bits, true: (8 * bytes) / weights },
    distortion,
    snrDb: decibels(distortion),
    seconds: (performance.now() - start) / 1000,
  };
}
