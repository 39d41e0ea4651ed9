import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src/modelfile/model';
import { openModel } from '../../../src/modelfile/open';
import type { OutputForm } from '../../../src/protocol/jobSpec';
import { compareModels } from '../../../src/quantize/compare';
import { inlinePool } from '../../../src/quantize/kernels/pool';
import { openAnyModel, openNative } from '../../../src/quantize/native/open';
import { quantizeModel } from '../../../src/quantize/quantizeModel';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole, writeModel, type TestTensor } from './modelFiles';
import { bitsOf, distortion, normalSample } from './samples';

const METHODS = ['kashin-greedy', 'rtn', 'nf4', 'kmeans', 'rotated-lloyd-max'] as const;
const FORMS = ['portable', 'native'] as const satisfies readonly OutputForm[];

/** One of everything that a model may hold. */
function everything(): readonly TestTensor[] {
  const spoilt = normalSample(4096, 4);
  spoilt[5] = NaN;
  spoilt[6] = Infinity;
  return [
    { name: 'norm', dtype: 'F32', shape: [96], values: normalSample(96, 1) },
    { name: 'float32', dtype: 'F32', shape: [96, 80], values: normalSample(7680, 2) },
    { name: 'float16', dtype: 'F16', shape: [64, 65], values: normalSample(4160, 3) },
    { name: 'spoilt', dtype: 'F32', shape: [64, 64], values: spoilt },
    { name: 'bfloat16', dtype: 'BF16', shape: [3, 3, 64, 32], values: normalSample(18432, 5) },
    { name: 'float64', dtype: 'F64', shape: [1, 1, 67, 71], values: normalSample(4757, 6) },
    { name: 'zeros', dtype: 'F32', shape: [64, 64], values: new Float32Array(4096) },
    { name: 'constant', dtype: 'F32', shape: [64, 64], values: new Float32Array(4096).fill(0.3) },
    { name: 'steps', dtype: 'I32', shape: [64, 64], values: new Float32Array(4096).fill(7) },
    { name: 'head', dtype: 'F32', shape: [64, 64], values: normalSample(4096, 7) },
    { name: 'empty', dtype: 'F32', shape: [0, 3], values: new Float32Array(0) },
  ];
}

describe.each(METHODS)('a model quantized by %s', (method) => {
  it.each(FORMS)('in the %s form has the tensors it had, and says what became of each', async (form) => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything(), { author: 'someone' });
    const output = path.join(folder, 'out.safetensors');
    const { events, summary } = await quantizeWhole(
      source,
      quantizeSpec(source.path, output, { method, form, keep: ['hea?'] }),
    );

    const copy = await openAnyModel(output);
    expect(copy.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      source.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(copy.metadata['author']).toBe('someone');

    const results = events.flatMap((event) => (event.type === 'tensor' ? [event.tensor] : []));
    expect(results.map(({ name }) => name)).toEqual(source.tensors.map(({ name }) => name));
    const kept = new Map(results.flatMap((r) => (r.action === 'kept' ? [[r.name, r.reason]] : [])));
    expect([...kept.keys()].toSorted()).toEqual(['empty', 'head', 'norm', 'spoilt', 'steps']);
    expect(kept.get('spoilt')).toBe('2 of its values are NaN or infinite');
    expect(kept.get('head')).toMatch('hea?');

    let squaredError = 0;
    let squares = 0;
    for (const result of results) {
      const before = await source.readFloat32(result.name);
      const after = await copy.readFloat32(result.name);
      if (result.action === 'kept') {
        expect(await copy.readBytes(result.name)).toEqual(await source.readBytes(result.name));
        continue;
      }
      const error = before.reduce((sum, value, i) => sum + (value - after[i]!) ** 2, 0);
      squaredError += error;
      squares += before.reduce((sum, value) => sum + value * value, 0);
      expect(result.mse).toBeCloseTo(error / before.length, 12);
      const isExact =
        result.name === 'zeros' || (result.name === 'constant' && method !== 'rotated-lloyd-max');
      if (isExact) {
        expect(after).toEqual(before);
        expect(result).toMatchObject({ mse: 0, distortion: 0, snrDb: Infinity });
      } else {
        expect(result.distortion).toBeCloseTo(distortion(before, after), 12);
        expect(result.distortion).toBeLessThan(0.03);
        expect(result.snrDb).toBeCloseTo(-10 * Math.log10(result.distortion), 9);
      }
    }
    expect(summary.distortion).toBeCloseTo(squaredError / squares, 12);
    expect(summary.output).toEqual([output]);
    expect(summary.bytes).toEqual({ before: source.bytes, after: (await stat(output)).size });
    expect(events.at(-1)).toEqual({
      type: 'output',
      path: output,
      kind: 'model',
      bytes: summary.bytes.after,
    });
  });

  it('is the same, to the bit, in both forms, and counts the bits of the native one', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything());
    const outputs = FORMS.map((form) => path.join(folder, `${form}.safetensors`));
    const [portable, native] = [
      await quantizeWhole(source, quantizeSpec(source.path, outputs[0]!, { method, form: 'portable' })),
      await quantizeWhole(source, quantizeSpec(source.path, outputs[1]!, { method, form: 'native' })),
    ];
    const a = await openModel(outputs[0]!);
    const b = await openNative(outputs[1]!);
    const comparison = await compareModels(a, b);
    expect(comparison).toEqual({ added: [], removed: [], changed: [], identical: source.tensors.length });

    const parameters = source.tensors.reduce((sum, { size }) => sum + size, 0);
    expect(native.summary.bitsPerWeight.file).toBe((8 * (await stat(outputs[1]!)).size) / parameters);
    expect(portable.summary.bitsPerWeight).toEqual(native.summary.bitsPerWeight);

    const stored = await openModel(outputs[1]!);
    for (const event of native.events) {
      if (event.type !== 'tensor') continue;
      const { name, action, bits, shape } = event.tensor;
      const tensor = stored.tensors.find((entry) => entry.name === name)!;
      if (action === 'quantized') expect(tensor).toMatchObject({ dtype: 'U8', shape: [tensor.bytes] });
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      expect(bits).toBeCloseTo(size === 0 ? 0 : (8 * tensor.bytes) / size, 9);
    }
  });

  it('reads a native file as a source too', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything());
    const native = path.join(folder, 'native.safetensors');
    await quantizeWhole(source, quantizeSpec(source.path, native, { method, form: 'native' }));
    const again = path.join(folder, 'again.safetensors');
    const model = await openAnyModel(native);
    await quantizeWhole(model, quantizeSpec(native, again, { method: 'rtn', bits: 8 }));
    const reread = await openAnyModel(again);
    expect(reread.tensors.length).toBe(source.tensors.length);
    const { changed } = await compareModels(model, reread);
    for (const tensor of changed) expect(tensor.distortion).toBeLessThan(1e-3);
  });
});

describe('scales a channel', () => {
  it.each([
    ['safetensors', 'w', [96, 80], 0],
    ['safetensors', 'conv', [64, 9, 3, 3], 0],
    ['tfjs-graph', 'w', [96, 80], 1],
    ['tfjs-graph', 'module/Embeddings_en', [400, 80], 0],
    ['tfjs-graph', 'conv', [3, 3, 16, 64], 1],
  ] as const)('of a %s model belong to the outputs of %s %j', async (format, name, shape, axis) => {
    const folder = await temporaryFolder();
    const size = shape.reduce<number>((product, dimension) => product * dimension, 1);
    const last = shape.at(-1)!;
    // Outputs of sizes so different that they cannot share a scale.
    const outputOf = (i: number) => (axis === 0 ? Math.floor(i / (size / shape[0])) : i % last);
    const values = normalSample(size, 1).map((value, i) => value * 4 ** (outputOf(i) % 8));
    const written = await writeModel(folder, [{ name, dtype: 'F32', shape, values }]);
    const source: Model = new Proxy(written, {
      get: (model, key) => (key === 'format' ? format : (Reflect.get(model, key) as unknown)),
    });
    const files = FORMS.map((form) => path.join(folder, `${form}.safetensors`));
    for (const [i, form] of FORMS.entries()) {
      const spec = quantizeSpec(source.path, files[i]!, { method: 'rtn', form, grouping: 'channel' });
      const { summary } = await quantizeWhole(source, spec);
      const channels = axis === 0 ? shape[0] : last;
      const frame = 8 * (12 + 8 + 4);
      expect(summary.bitsPerWeight.weights).toBeCloseTo(4 + (20 * channels + frame) / size, 6);
    }
    const native = await openNative(files[1]!);
    const after = await native.readFloat32(name);
    expect(bitsOf(after)).toEqual(bitsOf(await (await openModel(files[0]!)).readFloat32(name)));
    for (let output = 0; output < 8; output++) {
      const ofOutput = (all: Float32Array) => all.filter((_, i) => outputOf(i) === output);
      expect(distortion(ofOutput(values), ofOutput(after))).toBeLessThan(0.02);
    }
    const rows = await native.readRows(name, { start: 3, end: 7 });
    const columns = rows.length / 4;
    expect(size % columns).toBe(0);
    expect(bitsOf(rows)).toEqual(bitsOf(after.slice(3 * columns, 7 * columns)));
  });
});

describe('a quantization that does not finish', () => {
  it.each(FORMS)('leaves nothing behind when it is cancelled, in the %s form', async (form) => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything());
    const output = path.join(folder, 'out.safetensors');
    const spec = quantizeSpec(source.path, output, { method: 'kashin-greedy', form });
    const before = await readdir(folder);
    // How many events there are depends on the machine's pace.
    let stop = 0;
    for (; ; stop += 3) {
      const controller = new AbortController();
      const run = quantizeModel(source, spec, { signal: controller.signal, pool: inlinePool });
      let event = await run.next();
      for (let i = 0; i < stop && event.done !== true; i++) event = await run.next();
      if (event.done === true || event.value.type === 'output') break;
      const reason = new Error('cancelled');
      controller.abort(reason);
      await expect(
        (async () => {
          for await (const event of run) expect(event.type).not.toBe('output');
        })(),
      ).rejects.toBe(reason);
      expect((await readdir(folder)).toSorted()).toEqual(before.toSorted());
    }
    expect(stop).toBeGreaterThanOrEqual(6);
  });

  it('is cancelled within a tensor, and soon', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, [
      { name: 'w', dtype: 'F32', shape: [1024, 1024], values: normalSample(2 ** 20, 1) },
    ]);
    const output = path.join(folder, 'out.safetensors');
    const controller = new AbortController();
    const run = quantizeModel(source, quantizeSpec(source.path, output, { method: 'kashin-greedy' }), {
      signal: controller.signal,
      pool: inlinePool,
    });
    await expect(
      (async () => {
        for await (const event of run) {
          expect(event.type).toBe('progress');
          if (event.type === 'progress' && event.done > 0) controller.abort();
        }
      })(),
    ).rejects.toThrow('aborted');
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('leaves nothing behind when nobody listens any more', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything());
    const output = path.join(folder, 'out.safetensors');
    const run = quantizeModel(source, quantizeSpec(source.path, output, { method: 'rtn' }), {
      signal: new AbortController().signal,
      pool: inlinePool,
    });
    for await (const event of run) if (event.type === 'tensor') break;
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });
});

describe('a quantization that cannot be', () => {
  it('says that there is nothing to quantize', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything().slice(0, 1));
    const spec = quantizeSpec(source.path, path.join(folder, 'out.safetensors'), { method: 'rtn' });
    await expect(quantizeWhole(source, spec)).rejects.toMatchObject({ code: 'nothing-to-quantize' });
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('replaces a file only when told to, and its source never', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything());
    const output = path.join(folder, 'out.safetensors');
    await writeFile(output, 'precious');
    for (const form of FORMS) {
      const spec = quantizeSpec(source.path, output, { method: 'rtn', form });
      await expect(quantizeWhole(source, spec)).rejects.toMatchObject({ code: 'output-exists' });
      await expect(
        quantizeWhole(source, { ...spec, output: source.path, force: true }),
      ).rejects.toMatchObject({ code: 'output-is-source' });
      await quantizeWhole(source, { ...spec, force: true });
      await writeFile(output, 'precious');
    }
  });

  it('wants a name by which a native file can be opened', async () => {
    const folder = await temporaryFolder();
    const source = await writeModel(folder, everything());
    const spec = quantizeSpec(source.path, path.join(folder, 'out.bin'), { method: 'rtn', form: 'native' });
    await expect(quantizeWhole(source, spec)).rejects.toMatchObject({ code: 'output-name' });
  });
});
