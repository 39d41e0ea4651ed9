import { setImmediate } from 'node:timers/promises';
import type { Preset } from '../../src/protocol/jobSpec';
import { openKashinSearch } from '../../src/quantize/kashin/search/frameDecoder';
import { encodeFrameChunk } from '../../src/quantize/kashin/search/chunkTask';
import { SWEEPS } from '../../src/quantize/kashin/search/presets';
import type { ChunkSettings } from '../../src/quantize/incoherence/decodeChunk';
import type { CodedChunk } from '../../src/quantize/incoherence/encodeChunk';
import type { OpenDecoder } from '../../src/quantize/decoder';
import { encodeTrellisChunk } from '../../src/quantize/trellis/chunkTask';
import { windowBitsOf } from '../../src/quantize/trellis/presets';
import { shippedCoding } from '../../src/quantize/trellis/tables';
import { openTrellis } from '../../src/quantize/trellis/trellisDecoder';
import type { BenchContext, BenchRow } from '../bench';
import { scaled, timeProcessor } from '../measure';
import { normalWeights } from './sources';

const SIDES = { rows: 64, columns: 1024 };
const CHUNK = SIDES.rows * SIDES.columns;
const SETTINGS: ChunkSettings = { seed: 1, mixing: 'both', rowsAScale: 1 };

/** Microseconds a weight to be reached. */
const TARGETS: Readonly<Record<string, number>> = {
  'trellis.balanced.2': 0.25,
  'trellis.balanced.3': 0.25,
  'trellis.balanced.4': 0.25,
  'kashin-search.fast.2': 0.25,
  'kashin-search.thorough.2': 6,
};

/** What is measured of one code: a chunk from weights to bytes, and back. */
interface Code {
  readonly id: 'trellis' | 'kashin-search';
  readonly open: OpenDecoder;
  coding(bits: number, preset: Preset): object;
  encode(weights: Float32Array, bits: number, preset: Preset): CodedChunk;
}

const CODES: readonly Code[] = [
  {
    id: 'trellis',
    open: openTrellis,
    coding: (bits, preset) => ({ ...shippedCoding(bits, windowBitsOf(preset)) }),
    encode: (weights, bits, preset) =>
      encodeTrellisChunk(weights, SIDES, SETTINGS, bits, windowBitsOf(preset)),
  },
  {
    id: 'kashin-search',
    open: openKashinSearch,
    coding: (bits) => ({ bits }),
    encode: (weights, bits, preset) => encodeFrameChunk(weights, SIDES, SETTINGS, bits, SWEEPS[preset]),
  },
];

/** Speed of the codes of fixed rate on one thread: the transform, the search and the packing together. */
export async function* fixedRateSpeed(context: BenchContext): AsyncGenerator<BenchRow> {
  const weights = normalWeights(CHUNK, 1);
  for (const code of CODES) {
    for (const preset of ['fast', 'balanced', 'thorough'] as const) {
      const times = preset === 'thorough' ? 2 : context.quick ? 7 : 25;
      for (const bits of preset === 'thorough' && code.id === 'kashin-search' ? [2] : [2, 3, 4]) {
        context.progress(`${code.id}, ${preset}, ${bits} bits: speed`);
        // The bench may be stopped between two measurements.
        await setImmediate();
        const target = TARGETS[`${code.id}.${preset}.${bits}`];
        yield {
          id: `${code.id}.encode.${preset}.${bits}`,
          what: `${code.id}, ${preset}, ${bits} bits: from weights to bytes, one thread`,
          unit: 'µs a weight',
          ours: scaled(
            timeProcessor(times, () => code.encode(weights, bits, preset)),
            1e6 / CHUNK,
          ),
          peers: {},
          ...(target !== undefined && { target }),
        };
        if (preset === 'balanced') yield decoding(code, weights, bits, times);
      }
    }
  }
}

function decoding(code: Code, weights: Float32Array, bits: number, times: number): BenchRow {
  const { bytes } = code.encode(weights, bits, 'balanced');
  const coding = { ...SETTINGS, ...code.coding(bits, 'balanced'), columns: SIDES.columns };
  const decoder = code.open(coding, [SIDES.rows, SIDES.columns], new Uint8Array(0));
  return {
    id: `${code.id}.decode.${bits}`,
    what: `${code.id}, balanced, ${bits} bits: decoding to float32, one thread`,
    unit: 'ns a weight',
    ours: scaled(
      timeProcessor(4 * times, () => decoder.decode(0, bytes)),
      1e9 / CHUNK,
    ),
    peers: {},
  };
}
