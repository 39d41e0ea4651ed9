import { availableParallelism } from 'node:os';
import { encodeChunk, searchStream, type ScaledWeights } from '../../src/quantize/dependent/chunkTasks';
import { chooseModel } from '../../src/quantize/dependent/chooseModel';
import { openDependent } from '../../src/quantize/dependent/decode';
import { codingOf } from '../../src/quantize/dependent/encodeTensor';
import { fillClasses } from '../../src/quantize/dependent/entropyModel';
import { encodeHead } from '../../src/quantize/dependent/head';
import { allStreams, layoutOf } from '../../src/quantize/dependent/layout';
import { statesFor } from '../../src/quantize/dependent/presets';
import { inParallel } from '../../src/quantize/kernels/inParallel';
import { threadPool } from '../../src/quantize/kernels/threadPool';
import type { BenchContext, BenchRow } from '../bench';
import { scaled, summarize, timeProcessor } from '../measure';
import { normalWeights } from './sources';

const COLUMNS = 4096;
/** Weights of a stream of a whole chunk. */
const STREAM = 65536;
/** Weights of such a chunk. */
const CHUNK = 4 * STREAM;
/** Step in root mean squares that makes 3 bits. */
const STEP = 0.2563;
const LAYOUT = layoutOf(CHUNK, COLUMNS);

/** Speed of `dependent` at 3 bits: one thread in WebAssembly, and what more threads bring. */
export async function* dependentSpeed(context: BenchContext): AsyncGenerator<BenchRow> {
  const times = context.quick ? 7 : 25;
  const weights = normalWeights(CHUNK, 1);
  for (const [preset, target] of [
    ['fast', undefined],
    ['balanced', 0.055],
    ['thorough', 0.2],
  ] as const) {
    context.progress(`dependent, ${preset}: speed`);
    const stateBits = statesFor(preset);
    const { model } = chooseModel(searchAll(stateBits, weights), LAYOUT);
    const classes = new Uint8Array(CHUNK);
    fillClasses(model, LAYOUT, { start: 0, end: CHUNK }, classes);
    const encode = () => encodeChunk(searchAll(stateBits, weights), classes, model.tables);
    yield {
      id: `dependent.encode.${preset}`,
      what: `dependent, ${preset}, 3 bits: search and entropy code, one thread`,
      unit: 'µs a weight',
      ours: scaled(timeProcessor(times, encode), 1e6 / CHUNK),
      peers: {},
      ...(target !== undefined && { target }),
      note: 'processor time',
    };
    if (preset !== 'balanced') continue;
    const bytes = encode();
    const head = encodeHead({ step: STEP, model });
    const decoder = openDependent(codingOf(stateBits, LAYOUT), [CHUNK / COLUMNS, COLUMNS], head);
    const decode = () => {
      decoder.decode(0, bytes);
    };
    yield {
      id: 'dependent.decode',
      what: 'dependent, balanced, 3 bits: decoding to float32, one thread',
      unit: 'ns a weight',
      ours: scaled(timeProcessor(2 * times, decode), 1e9 / CHUNK),
      peers: {},
      target: 4,
      note: 'processor time',
    };
  }
  yield* threadScaling(context, weights.subarray(0, STREAM));
}

async function* threadScaling(context: BenchContext, weights: Float32Array): AsyncGenerator<BenchRow> {
  const cores = availableParallelism();
  const streams = context.quick ? 48 : 128;
  const stream = scaledWeights(weights);
  let single: number | undefined;
  for (let threads = 1; threads <= cores; threads *= 2) {
    context.progress(`dependent on ${threads} threads`);
    const pool = threadPool(threads);
    try {
      const search = () => pool.run('dependent.search', statesFor('balanced'), stream);
      const run = () => inParallel(streams, search, { pool });
      await run();
      const rates: number[] = [];
      for (let k = 0; k < (context.quick ? 2 : 5); k++) {
        const start = performance.now();
        await run();
        rates.push((streams * STREAM) / (1000 * (performance.now() - start)));
      }
      const ours = summarize(rates);
      single ??= ours.median;
      yield {
        id: `dependent.threads.${threads}`,
        what: `dependent, balanced: search on ${threads} ${threads === 1 ? 'thread' : 'threads'} of the pool`,
        unit: 'million weights/s',
        ours,
        peers: {},
        note: `${(ours.median / single).toFixed(2)} times one thread; ${cores} cores`,
      };
    } finally {
      await pool.dispose();
    }
  }
}

function searchAll(stateBits: number, weights: Float32Array): Int16Array {
  const indices = new Int16Array(weights.length);
  for (const { start, end } of allStreams(LAYOUT)) {
    indices.set(searchStream(stateBits, scaledWeights(weights.subarray(start, end))), start);
  }
  return indices;
}

/** Whole rows of variance 1. */
function scaledWeights(weights: Float32Array): ScaledWeights {
  const rows = weights.length / COLUMNS;
  return {
    weights,
    columns: COLUMNS,
    column: 0,
    step: STEP,
    rms: new Float64Array(rows).fill(1),
  };
}
