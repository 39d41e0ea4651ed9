import { availableParallelism } from 'node:os';
import { encodeChunk, searchChunk } from '../../src/quantize/dependent/chunkTasks';
import { chooseModel } from '../../src/quantize/dependent/chooseModel';
import { openDependent } from '../../src/quantize/dependent/decode';
import { codingOf } from '../../src/quantize/dependent/encodeTensor';
import { fillClasses } from '../../src/quantize/dependent/entropyModel';
import { encodeHead } from '../../src/quantize/dependent/head';
import { layoutOf } from '../../src/quantize/dependent/layout';
import { statesFor } from '../../src/quantize/dependent/presets';
import { inParallel } from '../../src/quantize/kernels/inParallel';
import { threadPool } from '../../src/quantize/kernels/threadPool';
import type { BenchContext, BenchRow } from '../bench';
import { scaled, summarize, timeRepeatedly } from '../measure';
import { normalWeights } from './sources';

const COLUMNS = 4096;
const CHUNK = 65536;
/** Step in root mean squares that makes 3 bits. */
const STEP = 0.2563;

/** Speed of `dependent` at 3 bits: one thread in WebAssembly, and what more threads bring. */
export async function* dependentSpeed(context: BenchContext): AsyncGenerator<BenchRow> {
  const times = context.quick ? 7 : 25;
  const chunk = chunkOf(normalWeights(CHUNK, 1));
  const layout = layoutOf(CHUNK, COLUMNS);
  for (const [preset, target] of [
    ['fast', undefined],
    ['balanced', 0.055],
    ['thorough', 0.2],
  ] as const) {
    context.progress(`dependent, ${preset}: speed`);
    const stateBits = statesFor(preset);
    const { model } = chooseModel(searchChunk(stateBits, chunk), layout);
    const classes = new Uint8Array(CHUNK);
    fillClasses(model, layout, { start: 0, end: CHUNK }, classes);
    const encode = () => encodeChunk(searchChunk(stateBits, chunk), classes, model.tables);
    yield {
      id: `dependent.encode.${preset}`,
      what: `dependent, ${preset}, 3 bits: search and entropy code, one thread`,
      unit: 'µs a weight',
      ours: scaled(timeRepeatedly(times, encode), 1e6 / CHUNK),
      peers: {},
      ...(target !== undefined && { target }),
    };
    if (preset !== 'balanced') continue;
    const bytes = encode();
    const decoder = openDependent(
      codingOf(stateBits, layout),
      [16, COLUMNS],
      encodeHead({ step: STEP, model }),
    );
    yield {
      id: 'dependent.decode',
      what: 'dependent, balanced, 3 bits: decoding to float32, one thread',
      unit: 'ns a weight',
      ours: scaled(
        timeRepeatedly(4 * times, () => decoder.decode(0, bytes)),
        1e9 / CHUNK,
      ),
      peers: {},
      target: 4,
    };
  }
  yield* threadScaling(context);
}

async function* threadScaling(context: BenchContext): AsyncGenerator<BenchRow> {
  const cores = availableParallelism();
  const chunks = context.quick ? 48 : 128;
  const chunk = chunkOf(normalWeights(CHUNK, 2));
  let single: number | undefined;
  for (let threads = 1; threads <= cores; threads *= 2) {
    context.progress(`dependent on ${threads} threads`);
    const pool = threadPool(threads);
    try {
      const run = () =>
        inParallel(chunks, () => pool.run('dependent.search', statesFor('balanced'), chunk), { pool });
      await run();
      const rates: number[] = [];
      for (let k = 0; k < (context.quick ? 2 : 5); k++) {
        const start = performance.now();
        await run();
        rates.push((chunks * CHUNK) / (1000 * (performance.now() - start)));
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

function chunkOf(weights: Float32Array) {
  const rows = weights.length / COLUMNS;
  return {
    weights,
    columns: COLUMNS,
    column: 0,
    steps: new Float64Array(rows).fill(STEP),
    rms: new Float64Array(rows).fill(1),
  };
}
