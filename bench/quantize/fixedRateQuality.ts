import type { Preset } from '../../src/protocol/jobSpec';
import { kashinSearch } from '../../src/quantize/kashin/search/kashinSearch';
import { inlinePool } from '../../src/quantize/kernels/pool';
import type { QuantizationMethod } from '../../src/quantize/method';
import { packedTensorLength } from '../../src/quantize/packedTensor';
import { trellis } from '../../src/quantize/trellis/trellis';
import type { BenchContext, BenchRow, Measured } from '../bench';
import { published, summarize } from '../measure';
import { distortionOf, normalWeights, outlierWeights, studentWeights } from './sources';

const COLUMNS = 1024;

/** MSE over variance of the best scalar quantizers for normal numbers, Max 1960, by bits. */
const LLOYD_MAX: Readonly<Record<number, number>> = { 2: 0.1175, 3: 0.03454, 4: 0.009497 };
/** The same of other codes of fixed rate, as their authors and Tseng et al. 2024 (QTIP) give them. */
const PUBLISHED: Readonly<Record<number, Readonly<Record<string, Measured>>>> = {
  2: {
    'E8P lattice of QuIP# (Tseng et al. 2024)': published(0.089),
    'QTIP (Tseng et al. 2024)': published(0.069, 0.073),
  },
  3: { 'trellis-coded quantization, as published': published(0.0198) },
  4: { 'trellis-coded quantization, as published': published(0.0055) },
};

/** What is to be reached: at most so much error. */
const TARGETS: Readonly<Record<string, number>> = {
  'trellis.balanced.2': 0.0715,
  'trellis.balanced.3': 0.0185,
  'trellis.balanced.4': 0.0046,
  'kashin-search.fast.2': 0.0845,
  'kashin-search.thorough.2': 0.0785,
};

/** Weights that a second of the slowest preset is spent on; fewer rows there. */
const ROWS: Readonly<Record<Preset, number>> = { fast: 512, balanced: 512, thorough: 64 };

/** The error of the codes of fixed rate, and that structured matrices have hardly more of it. */
export async function* fixedRateQuality(context: BenchContext): AsyncGenerator<BenchRow> {
  const seeds = context.quick ? [1, 2] : [1, 2, 3, 4, 5];
  for (const method of [trellis, kashinSearch]) {
    for (const preset of ['fast', 'balanced', 'thorough'] as const) {
      for (const bits of [2, 3, 4]) yield await onNormalWeights(method, preset, bits, seeds, context);
    }
    for (const bits of [2, 3, 4]) yield* onStructuredWeights(method, bits, seeds, context);
  }
}

async function onNormalWeights(
  method: QuantizationMethod,
  preset: Preset,
  bits: number,
  seeds: readonly number[],
  context: BenchContext,
): Promise<BenchRow> {
  context.progress(`${method.id}, ${preset}, ${bits} bits`);
  const size = sizeOf(preset, context);
  const results: Result[] = [];
  for (const seed of seeds) results.push(await quantize(method, normalWeights(size, seed), bits, preset));
  const target = TARGETS[`${method.id}.${preset}.${bits}`];
  const distortions = summarize(results.map(({ distortion }) => distortion));
  const trueBits = results[0]!.bits;
  const gap = 10 * Math.log10(distortions.median * 4 ** trueBits);
  return {
    id: `${method.id}.distortion.${preset}.${bits}`,
    what: `${method.id}, ${preset}, ${bits} bits, normal weights in rows of ${COLUMNS}: MSE over variance`,
    unit: 'D',
    ours: distortions,
    peers: { 'best scalar quantizer (Max 1960)': published(LLOYD_MAX[bits]!), ...PUBLISHED[bits] },
    limit: 4 ** -trueBits,
    ...(target !== undefined && { target }),
    note: `${trueBits.toFixed(4)} true bits a weight, ${gap.toFixed(2)} dB above the limit for them`,
  };
}

async function* onStructuredWeights(
  method: QuantizationMethod,
  bits: number,
  seeds: readonly number[],
  context: BenchContext,
): AsyncGenerator<BenchRow> {
  const size = sizeOf('fast', context);
  for (const [name, make] of [
    ['Student-t4', (seed: number) => studentWeights(size, seed)],
    ['outlier channels', (seed: number) => outlierWeights(size, COLUMNS, seed)],
  ] as const) {
    context.progress(`${method.id}, ${name}, ${bits} bits`);
    const ratios: number[] = [];
    for (const seed of seeds) {
      const hard = await quantize(method, make(seed), bits, 'fast');
      const easy = await quantize(method, normalWeights(size, seed), bits, 'fast');
      ratios.push(hard.distortion / easy.distortion);
    }
    yield {
      id: `${method.id}.robustness.${name.toLowerCase().replaceAll(' ', '-')}.${bits}`,
      what: `${method.id}, fast, ${bits} bits, ${name}: D over that of normal weights`,
      unit: 'times',
      ours: summarize(ratios),
      peers: {},
      target: 1.05,
    };
  }
}

function sizeOf(preset: Preset, { quick }: BenchContext): number {
  return (ROWS[preset] / (quick ? 4 : 1)) * COLUMNS;
}

interface Result {
  readonly distortion: number;
  readonly bits: number;
}

async function quantize(
  method: QuantizationMethod,
  weights: Float32Array,
  bits: number,
  preset: Preset,
): Promise<Result> {
  const { values, packed } = await method.quantize(weights, [weights.length / COLUMNS, COLUMNS], {
    bits,
    preset,
    groupSize: 256,
    range: 'mse',
    seed: 1,
    pool: inlinePool,
  });
  return {
    distortion: distortionOf(weights, values),
    bits: (8 * packedTensorLength(packed)) / weights.length,
  };
}
