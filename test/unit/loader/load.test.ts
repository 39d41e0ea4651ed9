import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { loadQuantized, loadQuantizedTensors } from '../../../src/load';
import { QUANTIZATION_METHODS } from '../../../src/protocol/jobSpec';
import { openNative } from '../../../src/quantize/native/open';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { bitsOf, normalSample } from '../quantize/samples';
import { quantized, saveModel } from './saveModel';

const TINY = path.resolve('examples/models/tiny-encoder.safetensors');

/** Serves one folder for the time of the test. */
async function serve(folder: string, before: RequestListener = () => undefined): Promise<string> {
  const server = createServer((request, response) => {
    before(request, response);
    if (response.writableEnded || response.destroyed) return;
    readFile(path.join(folder, new URL(request.url!, 'http://host').pathname)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404, 'Not Found').end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Compares what was loaded with what our own reader finds in the file, to the bit. */
async function expectTensorsOf(
  file: string,
  { tensors }: Awaited<ReturnType<typeof loadQuantizedTensors>>,
): Promise<void> {
  const model = await openNative(file);
  expect(tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype }))).toEqual(
    model.tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  );
  for (const { name, values } of tensors) {
    expect(bitsOf(values as Float32Array)).toEqual(bitsOf(await model.readFloat32(name)));
  }
}

describe('loadQuantizedTensors', () => {
  it('gives the tensors of the file, to the bit, from a path, a file address and a server', async () => {
    const folder = await temporaryFolder();
    const file = await quantized(TINY, path.join(folder, 'model.safetensors'));
    const address = await serve(folder);
    for (const location of [file, pathToFileURL(file).href, `${address}/model.safetensors`]) {
      await expectTensorsOf(file, await loadQuantizedTensors(location));
    }
  });

  it.each(QUANTIZATION_METHODS)('reads what %s writes', async (method) => {
    const file = await quantized(TINY, path.join(await temporaryFolder(), 'model.safetensors'), { method });
    await expectTensorsOf(file, await loadQuantizedTensors(file));
  });

  it('tells how much has arrived, from the first bytes to all', async () => {
    const file = await quantized(TINY, path.join(await temporaryFolder(), 'model.safetensors'));
    const fractions: number[] = [];
    await loadQuantizedTensors(file, { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  it('names the tensor and the chunk where a byte was changed', async () => {
    const file = await quantized(TINY, path.join(await temporaryFolder(), 'model.safetensors'));
    const bytes = await readFile(file);
    bytes[bytes.length - 5]! ^= 1;
    await writeFile(file, bytes);
    await expect(loadQuantizedTensors(file)).rejects.toMatchObject({
      code: 'native-damaged',
      message: expect.stringMatching(/[a-z.]+, chunk 0: the checksum is another/) as string,
    });
  });

  it('refuses at every length a file that is cut short', async () => {
    const file = await quantized(TINY, path.join(await temporaryFolder(), 'model.safetensors'));
    const bytes = await readFile(file);
    for (const length of [0, 5, 8, 100, 1200, bytes.length >> 1, bytes.length - 1]) {
      await writeFile(file, bytes.subarray(0, length));
      await expect(loadQuantizedTensors(file)).rejects.toMatchObject({ code: 'native-damaged' });
    }
  });

  it('says what is not in the native form, and what cannot be reached', async () => {
    await expect(loadQuantizedTensors(TINY)).rejects.toMatchObject({ code: 'not-native' });
    await expect(loadQuantizedTensors('/no/such.safetensors')).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('/no/such.safetensors') as string,
    });
    const address = await serve(await temporaryFolder());
    await expect(loadQuantizedTensors(`${address}/none`)).rejects.toMatchObject({
      code: 'download-failed',
      message: `${address}/none could not be loaded: the server answered 404 Not Found.`,
    });
    await expect(loadQuantizedTensors('http://127.0.0.1:1/x')).rejects.toMatchObject({
      code: 'download-failed',
    });
  });

  it('says so where the connection breaks off', async () => {
    const folder = await temporaryFolder();
    const file = await quantized(TINY, path.join(folder, 'model.safetensors'));
    const bytes = await readFile(file);
    const address = await serve(folder, (_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    });
    await expect(loadQuantizedTensors(`${address}/model.safetensors`)).rejects.toMatchObject({
      code: 'download-failed',
    });
  });
});

describe('loadQuantized', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  it('gives a model of TensorFlow.js that answers as the portable file does, to the bit', async () => {
    const folder = await temporaryFolder();
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [12, 12, 4], filters: 48, kernelSize: 3, activation: 'relu' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 40 }),
      ],
    });
    const source = await saveModel(tf, model, folder);
    const native = await quantized(source, path.join(folder, 'model.w4.json'));
    const address = await serve(folder);
    const x = tf.randomNormal([3, 12, 12, 4], 0, 1, 'float32', 1);

    const answers: Float32Array[] = [];
    for (const location of [native, `${address}/model.w4.json?v=2#top`]) {
      const loaded = await tf.loadLayersModel(loadQuantized(location));
      answers.push(await (loaded.predict(x) as ReturnType<typeof tf.tensor>).data<'float32'>());
    }
    const decoded = await openNative(native);
    for (const [i, { name, shape }] of decoded.tensors.entries()) {
      expect(model.weights[i]!.originalName).toBe(name);
      model.weights[i]!.write(tf.tensor(await decoded.readFloat32(name), [...shape]));
    }
    const expected = await (model.predict(x) as ReturnType<typeof tf.tensor>).data<'float32'>();
    for (const answer of answers) expect(bitsOf(answer)).toEqual(bitsOf(expected));
  });

  it('keeps everything of the model.json but the weights, and integers and flags as they are', async () => {
    const folder = await temporaryFolder();
    const source = path.join(folder, 'model.json');
    const described = {
      format: 'layers-model',
      generatedBy: 'a test',
      modelTopology: { class_name: 'None' },
    };
    const table = Int32Array.of(-7, 2 ** 31 - 1);
    await writeFile(path.join(folder, 'weights.bin'), [
      new Uint8Array(normalSample(5120, 1).buffer),
      new Uint8Array(table.buffer),
      Uint8Array.of(1, 0, 1),
    ]);
    const weights = [
      { name: 'kernel', shape: [64, 80], dtype: 'float32' },
      { name: 'table', shape: [2], dtype: 'int32' },
      { name: 'flags', shape: [3], dtype: 'bool' },
    ];
    const weightsManifest = [{ paths: ['weights.bin'], weights }];
    await writeFile(source, JSON.stringify({ ...described, weightsManifest }));
    const native = await quantized(source, path.join(folder, 'model.w4.json'));

    const { weightData, weightSpecs, ...rest } = await loadQuantized(native).load!();
    expect(rest).toMatchObject(described);
    expect(weightSpecs).toEqual(weights);
    const tensors = tf.io.decodeWeights(weightData!, weightSpecs!);
    expect(Array.from(tensors['flags']!.dataSync())).toEqual([1, 0, 1]);
    expect(Array.from(tensors['table']!.dataSync())).toEqual(Array.from(table));
  });

  it('refuses a model.json of the stock form, or of a later version', async () => {
    const folder = await temporaryFolder();
    const source = path.join(folder, 'model.json');
    await writeFile(source, '{"modelTopology":{},"weightsManifest":[]}');
    await expect(loadQuantized(source).load!()).rejects.toMatchObject({ code: 'not-native' });
    await writeFile(source, '{"modelTopology":{},"weightroom":{"version":2,"paths":[]}}');
    await expect(loadQuantized(source).load!()).rejects.toMatchObject({ code: 'native-version' });
    await writeFile(source, '<html>');
    await expect(loadQuantized(source).load!()).rejects.toMatchObject({ code: 'not-native' });
  });
});
