import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { installNumpy } from '../../../scripts/lib/numpy.mjs';
import { Random } from '../../../src/math/random';
import type { Model } from '../../../src/modelfile/model';
import { openModel } from '../../../src/modelfile/open';
import {
  KASHIN_TRANSFORMS,
  listedBits,
  METHOD_OFFERS,
  PRESETS,
  QUANTIZATION_METHODS,
  type QuantizationMethodId,
  type QuantizeSpec,
} from '../../../src/protocol/jobSpec';
import { openNative } from '../../../src/quantize/native/open';
import { mutate } from '../modelfile/mutations';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole, writeModel } from '../quantize/modelFiles';
import { normalSample } from '../quantize/samples';
import { makeTfjsWithKernel } from '../quantize/tfjsModel';
import { convertInPython, described, readInPython } from './pythonReader';

const root = path.join(import.meta.dirname, '../../..');

beforeAll(async () => {
  await installNumpy();
});

/** Rows of different sizes, with a few weights far out. */
function unevenRows(rows: number, columns: number, seed: number): Float32Array {
  const random = new Random(seed);
  const sizes = Float32Array.from({ length: rows }, () => 2 ** random.normal());
  const values = normalSample(rows * columns, seed + 1).map((x, i) => x * sizes[Math.floor(i / columns)]!);
  for (let i = 0; i < 20; i++) values[random.integer(values.length)]! *= 300;
  return values;
}

/** Every type that is packed, odd shapes, zeros, and tensors to keep. */
async function oddModel(folder: string): Promise<Model> {
  return writeModel(folder, [
    { name: 'file', dtype: 'F32', shape: [101, 107], values: unevenRows(101, 107, 1) },
    { name: 'kernel/half', dtype: 'F16', shape: [3, 3, 40, 37], values: normalSample(9 * 40 * 37, 3) },
    { name: 'bias', dtype: 'BF16', shape: [77], values: normalSample(77, 4) },
    { name: 'bfloat', dtype: 'BF16', shape: [129, 65], values: unevenRows(129, 65, 5) },
    { name: 'double', dtype: 'F64', shape: [64, 1, 128], values: normalSample(8192, 6) },
    { name: 'zeros', dtype: 'F32', shape: [64, 64], values: new Float32Array(4096) },
    { name: 'positions', dtype: 'I32', shape: [2, 3], values: Float32Array.of(-3, -2, -1, 0, 1, 2) },
    { name: 'scalar', dtype: 'F16', shape: [], values: Float32Array.of(0.1) },
  ]);
}

/** Several chunks of every method, of which the last is shorter. */
async function largeModel(folder: string): Promise<Model> {
  const values = unevenRows(257, 1103, 1);
  return writeModel(folder, [{ name: 'large', dtype: 'F32', shape: [257, 1103], values }]);
}

type Choices = Partial<QuantizeSpec> & Pick<QuantizeSpec, 'method'>;

/** Quantizes a model natively and returns the path of the output. */
async function quantized(model: Model, output: string, choices: Choices): Promise<string> {
  await quantizeWhole(
    model,
    quantizeSpec(model.path, output, { preset: 'fast', form: 'native', ...choices }),
  );
  return output;
}

/** The ways to ask for a method that change what stands in the file. */
function variants(method: QuantizationMethodId): readonly Choices[] {
  const { groupSize, kashin } = METHOD_OFFERS[method];
  // Codes of 6 bits are long in the making where they stand for pairs.
  const bits = listedBits(method).filter(
    (_, i, { length }) => i < 2 || (i === length - 1 && kashin !== true),
  );
  const choices: Omit<Choices, 'method'>[] = bits.map((bits) => ({ bits, seed: 2 ** 32 - 1 }));
  if (groupSize !== undefined) choices.push({ grouping: 'channel' }, { groupSize: 50 });
  if (kashin === true) {
    choices.push(...KASHIN_TRANSFORMS.map((transform) => ({ transform, codebook: 'separate' as const })));
    choices.push({ transform: 'kronecker', codebook: 'joint' });
  }
  return choices.map((choice) => ({ ...choice, method }));
}

/** Compares what the reader in Python finds in native files with what ours finds, to the bit. */
async function expectSame(files: readonly string[]): Promise<void> {
  const read = await readInPython(files);
  for (const [i, file] of files.entries()) expect(read[i]).toEqual(await described(await openNative(file)));
}

describe.each(QUANTIZATION_METHODS)('the reader in Python, of %s', (method) => {
  it('gives the bytes that openNative gives, whatever was asked for', async () => {
    const folder = await temporaryFolder();
    const model = await oddModel(folder);
    const files: string[] = [];
    for (const [i, choices] of variants(method).entries()) {
      files.push(await quantized(model, path.join(folder, `${i}.safetensors`), choices));
    }
    await expectSame(files);
  });

  it('reads the example, and tensors of several chunks', async () => {
    const folder = await temporaryFolder();
    const example = await openModel(path.join(root, 'examples/models/tiny-encoder.safetensors'));
    await expectSame([
      await quantized(example, path.join(folder, 'example.safetensors'), { method }),
      await quantized(await largeModel(folder), path.join(folder, 'large.native.safetensors'), { method }),
    ]);
  });

  it('reads models beside a TensorFlow.js topology, transposed or not', async () => {
    const files: string[] = [];
    for (const kind of ['layers', 'graph'] as const) {
      const folder = await temporaryFolder();
      const model = await openModel((await makeTfjsWithKernel(folder, kind)).path);
      for (const grouping of ['group', 'channel'] as const) {
        files.push(await quantized(model, path.join(folder, `${grouping}.json`), { method, grouping }));
      }
    }
    await expectSame(files);
  });
});

it.each(QUANTIZATION_METHODS.filter((method) => METHOD_OFFERS[method].presets))(
  'the reader in Python reads what every preset of %s writes',
  async (method) => {
    const folder = await temporaryFolder();
    const model = await oddModel(folder);
    const files: string[] = [];
    for (const preset of PRESETS) {
      const output = path.join(folder, `${preset}.safetensors`);
      files.push(await quantized(model, output, { method, preset }));
    }
    await expectSame(files);
  },
);

it('the reader in Python reads the frozen files of version 1', async () => {
  const folder = path.join(root, 'test/unit/quantize/version1');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.values.safetensors'));
  expect(files).not.toEqual([]);
  const read = await readInPython(files.map((name) => path.join(folder, name.replace('.values.', '.'))));
  for (const [i, name] of files.entries()) {
    expect(read[i]).toEqual(await described(await openModel(path.join(folder, name))));
  }
});

describe('the reader in Python', () => {
  it('is a program that writes an .npz file', async () => {
    const folder = await temporaryFolder();
    const native = await quantized(await oddModel(folder), path.join(folder, 'a.safetensors'), {
      method: 'rtn',
    });
    const output = path.join(folder, 'a.npz');
    await convertInPython(native, output);
    expect(await readInPython([output])).toEqual([await described(await openNative(native))]);
    await expect(convertInPython(path.join(folder, 'model.safetensors'), output)).rejects.toMatchObject({
      code: 1,
      stderr: 'model.safetensors: it is not in the native form\n',
    });
  });

  it('names the tensor and the chunk that are damaged', async () => {
    const folder = await temporaryFolder();
    const file = await quantized(await largeModel(folder), path.join(folder, 'w.safetensors'), {
      method: 'rtn',
    });
    const bytes = await readFile(file);
    const packed = 8 + Number(bytes.readBigUInt64LE());
    const damages: readonly [string, (copy: Buffer) => Buffer, string][] = [
      ['last chunk', (copy) => flip(copy, copy.length - 1), 'large, chunk 1: the checksum is another'],
      ['first chunk', (copy) => flip(copy, packed + 40), 'large, chunk 0: the checksum is another'],
      ['head', (copy) => flip(copy, packed + 28), 'large, its head: the checksum is another'],
      ['end', (copy) => copy.subarray(0, -1), 'large: it is cut short'],
      ['version', (copy) => replaced(copy, '"weightroom.version":"1"', '"weightroom.version":"2"'), 'version 2 of the native form; this reader knows 1'],
      ['method', (copy) => replaced(copy, '\\"rtn\\"', '\\"xyz\\"'), "large: it was coded by 'xyz', which this reader does not know"],
    ]; // prettier-ignore
    const files: string[] = [];
    for (const [name, damage] of damages) {
      files.push(path.join(folder, `${name}.safetensors`));
      await writeFile(files.at(-1)!, damage(Buffer.from(bytes)));
    }
    const expected = damages.map(([name, , message]) => `${name}.safetensors: ${message}`);
    expect(await readInPython(files)).toEqual(expected);
  });

  it('refuses a model.json of another version or with paths that lead elsewhere', async () => {
    const folder = await temporaryFolder();
    const messages = {
      'version 2 of the native form; this reader knows 1': { version: 2, paths: [] },
      "'../a.bin' is not a plain name in the model's folder": { version: 1, paths: ['../a.bin'] },
      "'/a.bin' is not a plain name in the model's folder": { version: 1, paths: ['/a.bin'] },
      'its description: weightroom is missing or wrong': undefined,
    };
    const files: string[] = [];
    for (const weightroom of Object.values(messages)) {
      files.push(path.join(folder, `${files.length}.json`));
      await writeFile(files.at(-1)!, JSON.stringify({ weightsManifest: [], weightroom }));
    }
    const expected = Object.keys(messages).map((message, i) => `${i}.json: ${message}`);
    expect(await readInPython(files)).toEqual(expected);
  });

  it.each(QUANTIZATION_METHODS)('reads or refuses whatever a damaged file of %s holds', async (method) => {
    const folder = await temporaryFolder();
    const values = unevenRows(64, 80, 1);
    const model = await writeModel(folder, [{ name: 'w', dtype: 'F32', shape: [64, 80], values }]);
    const bytes = await readFile(await quantized(model, path.join(folder, 'w.safetensors'), { method }));
    const random = new Random(1);
    const files: string[] = [];
    for (let i = 0; i < 200; i++) {
      files.push(path.join(folder, `damaged-${i}.safetensors`));
      await writeFile(files[i]!, mutate(bytes, 'safetensors', random));
    }
    const read = await readInPython(files);
    expect(read.length).toBe(files.length);
    expect(read.filter((found) => typeof found === 'string').length).toBeGreaterThan(50);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}

/** With a text of the header exchanged for one of the same length. */
function replaced(bytes: Buffer, before: string, after: string): Buffer {
  bytes.write(after, bytes.indexOf(before));
  return bytes;
}
