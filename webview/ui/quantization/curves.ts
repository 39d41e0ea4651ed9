import type { QuantizeSummary, RateDistortionRow } from '../../../src/protocol/events';
import type { JobSpec } from '../../../src/protocol/jobSpec';
import { shannonLimit, type Place } from './equalBits';

/** One method at one number of bits. */
export interface Mark extends Place {
  readonly method: string;
  /** Bits as they are asked for. */
  readonly nominal: number;
  readonly distortion: number;
  /** Time to quantize the sample; absent for a mark that stands for a whole run. */
  readonly seconds?: number;
  /** It is what the run did. */
  readonly chosen: boolean;
}

/** The marks of one method by true bits. */
export interface Curve {
  readonly method: string;
  readonly marks: readonly Mark[];
}

/** What a run was asked and what it closed with. */
export interface ChosenRun {
  readonly spec: JobSpec;
  readonly summary: QuantizeSummary | undefined;
}

/**
 * Rows as curves, best method first: by the mean distance to Shannon's limit. The mark of each run is the
 * chosen one; a run whose bits were not sampled gets a mark of its own from its closing figures.
 */
export function curvesOf(rows: readonly RateDistortionRow[], runs: readonly ChosenRun[]): readonly Curve[] {
  const marks: Mark[] = rows.map(({ method, bits, distortion, snrDb, seconds }) => ({
    method,
    nominal: bits.nominal,
    bits: bits.true,
    distortion,
    snrDb,
    seconds,
    chosen: runs.some(({ spec }) => asksFor(spec, method, bits.nominal)),
  }));
  for (const { spec, summary } of runs) {
    if (spec.job !== 'quantize' || !summary) continue;
    if (rows.some(({ method, bits }) => asksFor(spec, method, bits.nominal))) continue;
    const { distortion, snrDb, bitsPerWeight } = summary;
    const nominal = spec.size === undefined ? spec.bits : bitsPerWeight.weights;
    marks.push({
      method: spec.method,
      nominal,
      bits: bitsPerWeight.weights,
      distortion,
      snrDb,
      chosen: true,
    });
  }
  const methods = [...new Set(marks.map(({ method }) => method))];
  return methods
    .map((method) => ({
      method,
      marks: marks.filter((mark) => mark.method === method).sort((a, b) => a.bits - b.bits),
    }))
    .sort((a, b) => meanGap(a) - meanGap(b));
}

function asksFor(spec: JobSpec, method: string, bits: number): boolean {
  return spec.job === 'quantize' && spec.method === method && spec.bits === bits && spec.size === undefined;
}

/** How far below the limit a mark stands, in dB; negative above it. */
export function gapToLimit({ bits, snrDb }: Place): number {
  return shannonLimit(bits) - snrDb;
}

function meanGap({ marks }: Curve): number {
  return marks.reduce((sum, mark) => sum + gapToLimit(mark), 0) / marks.length;
}
