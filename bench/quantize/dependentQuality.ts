import type { Preset } from '../../src/protocol/jobSpec';
import { dependent } from '../../src/quantize/dependent/dependent';
import { inlinePool } from '../../src/quantize/kernels/pool';
import { packedTensorLength } from '../../src/quantize/packedTensor';
import type { BenchContext, BenchRow, Measured } from '../bench';
import { published, summarize } from '../measure';
import { distortionOf, normalWeights, outlierWeights, studentWeights } from './sources';

const COLUMNS = 4096;

/** MSE over variance on normal weights at 2 bits, Tseng et al. 2024, tables 1 and 2. */
const QTIP = published(0.069, 0.073);
/** A uniform quantizer with an ideal entropy code at high rates: πe/6 times the limit (Gish and Pierce 1968). */
const SCALAR_GAP = 1.53;

/** How near to Shannon's limit `dependent` comes, every byte of the packed tensor counted. */
export async function* dependentQuality(context: BenchContext): AsyncGenerator<BenchRow> {
  const rows = 256;
  const seeds = context.quick ? [1, 2] : [1, 2, 3, 4, 5];
  const size = rows * COLUMNS;
  for (const [preset, target] of [
    ['balanced', 0.28],
    ['thorough', 0.17],
  ] as const) {
    for (const bits of [2, 3, 4]) {
      context.progress(`dependent, ${preset}, ${bits} bits`);
      const results = await each(seeds, (seed) => quantize(normalWeights(size, seed), rows, bits, preset));
      yield {
        id: `dependent.gap.${preset}.${bits}`,
        what: `dependent, ${preset}, ${bits} bits, normal rows of ${COLUMNS}: above Shannon's limit`,
        unit: 'dB',
        ours: summarize(results.map((result) => 10 * Math.log10(result.distortion * 4 ** result.bits))),
        peers: {
          'uniform quantizer, ideal entropy code (Gish and Pierce 1968)': published(SCALAR_GAP),
          ...(bits === 2 && { 'QTIP (Tseng et al. 2024)': gapOf(QTIP, bits) }),
        },
        limit: 0,
        target,
        note: `true bits ${results.map((result) => result.bits.toFixed(4)).join(', ')}; scales, tables and flushes counted`,
      };
    }
  }
  const shape = (name: string, make: (seed: number) => Float32Array) => ({ name, make });
  for (const { name, make } of [
    shape('Student-t4', (seed) => studentWeights(size, seed)),
    shape('outlier channels', (seed) => outlierWeights(size, COLUMNS, seed)),
  ]) {
    for (const bits of [2, 3, 4]) {
      context.progress(`dependent, ${name}, ${bits} bits`);
      const results = await each(seeds, (seed) => quantize(make(seed), rows, bits, 'balanced'));
      yield {
        id: `dependent.distortion.${name.toLowerCase().replaceAll(' ', '-')}.${bits}`,
        what: `dependent, balanced, ${bits} bits, ${name}: MSE over variance`,
        unit: 'D',
        ours: summarize(results.map((result) => result.distortion)),
        peers: {},
        target: 4 ** -bits,
        note: "the target is Shannon's limit for normal weights of the same variance: other sources are easier",
      };
    }
  }
}

interface Result {
  readonly distortion: number;
  readonly bits: number;
}

async function quantize(weights: Float32Array, rows: number, bits: number, preset: Preset): Promise<Result> {
  const { values, packed } = await dependent.quantize(weights, [rows, weights.length / rows], {
    bits,
    preset,
    groupSize: 128,
    range: 'mse',
    seed: 1,
    pool: inlinePool,
  });
  return {
    distortion: distortionOf(weights, values),
    bits: (8 * packedTensorLength(packed)) / weights.length,
  };
}

async function each<T>(seeds: readonly number[], work: (seed: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const seed of seeds) results.push(await work(seed));
  return results;
}

/** A distortion at so many bits as decibels above the limit. */
function gapOf({ median, min, max }: Measured, bits: number): Measured {
  const gap = (distortion: number) => 10 * Math.log10(distortion * 4 ** bits);
  return { median: gap(median), min: gap(min), max: gap(max) };
}
