import type { Model } from '../modelfile/model';
import type { MessageEvent, ProgressEvent, RateDistortionEvent, RateDistortionRow } from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import type { QuantizeContext } from './quantizeModel';
import {
  COMPARED_BITS,
  measureRateDistortion,
  rateDistortionCases,
  SAMPLED_WEIGHTS,
  type RateDistortionCase,
} from './rateDistortion';
import { reporting } from './reporting';
import { sampleWeights } from './sampleWeights';
import { untilAborted } from './untilAborted';

/**
 * Tries every method on a sample of the model that was quantized, for its report: an event a method, at the
 * bits that were asked for and at some others; the method of the spec comes first. The result is there already,
 * so whatever goes wrong here is told and no more. Returns whether it came to its end: an aborted signal stops
 * it at once.
 */
export async function* compareMethods(
  source: Model,
  spec: QuantizeSpec,
  { signal, pool }: QuantizeContext,
): AsyncGenerator<RateDistortionEvent | ProgressEvent | MessageEvent, boolean> {
  const total = source.tensors.reduce((sum, { size }) => sum + size, 0);
  try {
    const { keep, seed, preset } = spec;
    const sample = await sampleWeights(source, { keep, seed, most: SAMPLED_WEIGHTS, signal });
    const { weights, tensors } = sample;
    for (const compared of casesFor(spec)) {
      const what = `comparing on a sample: ${compared.method}, ${compared.bits} bits`;
      yield { type: 'progress', done: total, total, unit: 'weights', what };
      const row = yield* reporting<never, RateDistortionRow>(signal, (_, stop) =>
        untilAborted(stop, measureRateDistortion(compared, sample, { seed, preset, pool, signal: stop })),
      );
      yield { type: 'rateDistortion', rows: [row], sampled: { weights, tensors } };
    }
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    const reason = error instanceof Error ? error.message : String(error);
    yield { type: 'message', level: 'warning', text: `The methods could not be compared: ${reason}` };
    return true;
  }
}

function casesFor({ method, bits }: QuantizeSpec): readonly RateDistortionCase[] {
  const cases = rateDistortionCases(undefined, [...COMPARED_BITS, bits]);
  const isOwn = (compared: RateDistortionCase) => compared.method === method;
  return [...cases.filter(isOwn), ...cases.filter((compared) => !isOwn(compared))];
}
