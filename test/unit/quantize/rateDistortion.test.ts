import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src/modelfile/model';
import { QUANTIZATION_METHODS } from '../../../src/protocol/jobSpec';
import { compareMethods } from '../../../src/quantize/compareMethods';
import { inlinePool, type KernelPool } from '../../../src/quantize/kernels/pool';
import { measureRateDistortion, rateDistortionCases } from '../../../src/quantize/rateDistortion';
import { sampleWeights } from '../../../src/quantize/sampleWeights';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole, writeModel } from './modelFiles';
import { normalSample } from './samples';

const NEVER = new AbortController().signal;

const CONTEXT = { seed: 1, preset: 'fast', pool: inlinePool } as const;

/** A large tensor between two small ones, and what is never quantized. */
async function model(): Promise<Model> {
  return writeModel(await temporaryFolder(), [
    { name: 'first', dtype: 'F32', shape: [64, 128], values: normalSample(64 * 128, 1) },
    // Each row is its number, so that a sample tells where it is from.
    {
      name: 'large',
      dtype: 'F32',
      shape: [4000, 256],
      values: Float32Array.from({ length: 4000 * 256 }, (_, i) => Math.floor(i / 256)),
    },
    { name: 'bias', dtype: 'F32', shape: [9000], values: normalSample(9000, 2) },
    { name: 'last', dtype: 'F16', shape: [3, 3, 64, 64], values: normalSample(9 * 64 * 64, 3) },
  ]);
}

describe('a sample of weights', () => {
  const options = { keep: [], seed: 1, most: 2 ** 17 };

  it('is the whole where a model has no more, without what is kept', async () => {
    const source = await model();
    const sample = await sampleWeights(source, { ...options, most: 2 ** 21, keep: ['la*'] });
    expect(sample).toMatchObject({ weights: 64 * 128, tensors: 1 });
    expect(sample.blocks[0]).toMatchObject({ entry: { name: 'first', shape: [64, 128] }, bitsToSpare: 0 });
    expect(sample.blocks[0]!.values).toEqual(await source.readFloat32('first'));
    expect(await sample.blocks[0]!.read()).toBe(sample.blocks[0]!.values);
  });

  it('is whole rows of a large one, spread over it, none twice', async () => {
    const source = await model();
    const sample = await sampleWeights(source, options);
    expect(sample.weights).toBeLessThanOrEqual(options.most);
    expect(sample.weights).toBeGreaterThan(0.8 * options.most);
    const rows: number[] = [];
    for (const { entry, values } of sample.blocks) {
      expect(entry.size).toBe(values.length);
      if (!entry.name.startsWith('large')) continue;
      const numbers = values.filter((_, i) => i % 256 === 0);
      expect(values).toEqual(Float32Array.from(values, (_, i) => numbers[0]! + Math.floor(i / 256)));
      rows.push(...numbers);
    }
    expect(new Set(rows).size).toBe(rows.length);
    expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(3000);
    expect(new Set(sample.blocks.map(({ entry }) => entry.name)).size).toBe(sample.blocks.length);
  });

  it('takes every weight as often as any other, over the seeds', async () => {
    const source = await model();
    const total = 64 * 128 + 4000 * 256 + 9 * 64 * 64;
    let ofLast = 0;
    let all = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { blocks, weights } = await sampleWeights(source, { ...options, seed });
      all += weights;
      for (const { entry, values } of blocks) if (entry.name.startsWith('last')) ofLast += values.length;
    }
    expect(Math.abs(ofLast / all / ((9 * 64 * 64) / total) - 1)).toBeLessThan(0.15);
  });

  it('is the same for a seed, and another for another', async () => {
    const source = await model();
    const names = async (seed: number) =>
      (await sampleWeights(source, { ...options, seed })).blocks.map(({ entry }) => entry.name).join();
    expect(await names(1)).toBe(await names(1));
    expect(await names(1)).not.toBe(await names(2));
  });

  it('leaves out numbers that are none, and says where nothing is left', async () => {
    const values = normalSample(4096, 1);
    values[7] = NaN;
    const spoilt = await writeModel(await temporaryFolder(), [
      { name: 'w', dtype: 'F32', shape: [64, 64], values },
    ]);
    await expect(sampleWeights(spoilt, options)).rejects.toMatchObject({ code: 'nothing-to-quantize' });
  });
});

describe('the measure of a method', () => {
  it('has the errors and bits of the file that the method makes', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, [
      { name: 'a', dtype: 'F32', shape: [128, 128], values: normalSample(2 ** 14, 1) },
      { name: 'b', dtype: 'F32', shape: [64, 256], values: normalSample(2 ** 14, 2) },
    ]);
    const sample = await sampleWeights(source, { keep: [], seed: 1, most: 2 ** 18 });
    for (const method of ['rtn', 'kmeans', 'rotated-lloyd-max', 'dependent'] as const) {
      const row = await measureRateDistortion({ method, bits: 3 }, sample, CONTEXT);
      const output = path.join(folder, `${method}.safetensors`);
      const spec = quantizeSpec(source.path, output, { method, bits: 3, preset: 'fast' });
      const { summary } = await quantizeWhole(source, spec);
      expect(row).toMatchObject({ method, bits: { nominal: 3 } });
      expect(row.bits.true).toBeCloseTo(summary.bitsPerWeight.weights, 9);
      expect(row.distortion).toBeCloseTo(summary.distortion, 9);
      expect(row.snrDb).toBeCloseTo(-10 * Math.log10(row.distortion), 9);
      expect(row.seconds).toBeGreaterThan(0);
    }
  });

  it('is asked for at bits that a method offers', () => {
    expect(rateDistortionCases(['nf4', 'rtn', 'dependent'], [4, 2.5, 2.5, 3])).toEqual([
      { method: 'nf4', bits: 4 },
      { method: 'rtn', bits: 3 },
      { method: 'rtn', bits: 4 },
      { method: 'dependent', bits: 2.5 },
      { method: 'dependent', bits: 3 },
      { method: 'dependent', bits: 4 },
    ]);
    expect(new Set(rateDistortionCases().map(({ method }) => method))).toEqual(new Set(QUANTIZATION_METHODS));
  });
});

async function collected<Event, Result>(work: AsyncGenerator<Event, Result>) {
  const events: Event[] = [];
  for (;;) {
    const next = await work.next();
    if (next.done) return { events, result: next.value };
    events.push(next.value);
  }
}

describe('the comparison after a quantization', () => {
  const spec = (source: Model) =>
    quantizeSpec(source.path, path.join(path.dirname(source.path), 'out.safetensors'), {
      method: 'rtn',
      bits: 5,
      preset: 'fast',
    });

  async function compared(source: Model, signal = NEVER, keep: readonly string[] = []) {
    return collected(compareMethods(source, { ...spec(source), keep }, { signal, pool: inlinePool }));
  }

  it('has a row for every method, and for the bits that were asked for', async () => {
    const { events, result } = await compared(await model(), undefined, ['large']);
    expect(result).toBe(true);
    const rows = events.flatMap((event) => (event.type === 'rateDistortion' ? event.rows : []));
    expect(new Set(rows.map(({ method }) => method))).toEqual(new Set(QUANTIZATION_METHODS));
    expect(rows.slice(0, 4).map(({ method }) => method)).toEqual(['rtn', 'rtn', 'rtn', 'rtn']);
    expect(rows).toContainEqual(
      expect.objectContaining({ method: 'rtn', bits: { nominal: 5, true: expect.any(Number) as number } }),
    );
    for (const event of events) {
      if (event.type === 'rateDistortion') expect(event.sampled).toEqual({ weights: 45056, tensors: 2 });
      else expect(event.type).toBe('progress');
    }
  });

  it('takes a part of a large model, the same for the same seed', async () => {
    const source = await model();
    const first = async () => {
      for await (const event of compareMethods(source, spec(source), { signal: NEVER, pool: inlinePool })) {
        if (event.type === 'rateDistortion') return event;
      }
      throw new Error('Nothing was measured.');
    };
    const { rows, sampled } = await first();
    expect(sampled).toEqual({ weights: expect.any(Number) as number, tensors: 1 });
    expect(sampled.weights).toBeLessThanOrEqual(2 ** 17);
    expect((await first()).rows).toEqual([{ ...rows[0]!, seconds: expect.any(Number) as number }]);
  });

  it('stops without a word when it is cancelled, in the middle of a measurement too', async () => {
    const controller = new AbortController();
    controller.abort(new Error('cancelled'));
    expect(await compared(await model(), controller.signal)).toEqual({ events: [], result: false });

    const later = new AbortController();
    const stuck: KernelPool = { ...inlinePool, run: () => new Promise(() => later.abort()) };
    const source = await model();
    const asked = { ...spec(source), method: 'kashin-greedy', bits: 4 } as const;
    const { events, result } = await collected(
      compareMethods(source, asked, { signal: later.signal, pool: stuck }),
    );
    expect(result).toBe(false);
    expect(events.map(({ type }) => type)).toEqual(['progress']);
  });

  it('warns where it cannot be', async () => {
    const { events } = await compared(await model(), undefined, ['*']);
    expect(events).toEqual([
      { type: 'message', level: 'warning', text: expect.stringContaining('no weights to sample') as string },
    ]);
  });
});
