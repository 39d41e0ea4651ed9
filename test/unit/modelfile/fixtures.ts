/**
 * Small model files of both formats, made from a seed. Their encoders are written apart from the
 * product's own, so that a fault in one does not hide in the other.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '../../../src/math/random';

export interface FixtureTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Fixture {
  /** What to open. */
  readonly path: string;
  /** Every file that was written. */
  readonly files: readonly string[];
  readonly tensors: readonly FixtureTensor[];
}

/** Standard normal values, scaled. */
export function normals(random: Random, size: number, scale = 1): Float32Array {
  return Float32Array.from({ length: size }, () => scale * random.normal());
}

export function float32Tensor(name: string, shape: readonly number[], values: Float32Array): FixtureTensor {
  return { name, dtype: 'F32', shape, bytes: bytesOf(values) };
}

/** An embedding, two layers with biases, a norm in float16, one in bfloat16, and integer positions. */
export function sampleTensors(seed: number): readonly FixtureTensor[] {
  const random = new Random(seed);
  const float32 = (name: string, shape: readonly number[]) =>
    float32Tensor(name, shape, normals(random, count(shape), 0.1));
  return [
    float32('embedding.weight', [96, 64]),
    float32('layer.0.weight', [64, 48]),
    float32('layer.0.bias', [48]),
    { name: 'norm.weight', dtype: 'F16', shape: [64], bytes: halfFloats(random, 64, 0x3c00) },
    { name: 'norm.bias', dtype: 'BF16', shape: [64], bytes: halfFloats(random, 64, 0x3f80) },
    float32('layer.1.weight', [33, 64]),
    {
      name: 'positions',
      dtype: 'I64',
      shape: [8],
      bytes: bytesOf(BigInt64Array.from({ length: 8 }, (_, i) => BigInt(i))),
    },
    { name: 'scale', dtype: 'F32', shape: [], bytes: bytesOf(Float32Array.of(random.normal())) },
    { name: 'nothing', dtype: 'F32', shape: [0, 4], bytes: new Uint8Array(0) },
  ];
}

/** The bytes of a safetensors file. */
export function encodeSafetensors(
  tensors: readonly FixtureTensor[],
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, bytes }) => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = Object.fromEntries<unknown>([['__metadata__', metadata], ...entries]);
  return withHeader(JSON.stringify(header), Buffer.concat(tensors.map((tensor) => tensor.bytes)));
}

/** Puts a header text, whatever it says, before data. */
export function withHeader(header: string, data: Uint8Array): Uint8Array {
  const json = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

export async function makeSafetensors(folder: string, seed: number): Promise<Fixture> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'model.safetensors');
  const tensors = sampleTensors(seed);
  await writeFile(file, encodeSafetensors(tensors));
  return { path: file, files: [file], tensors };
}

/** The same tensors over two files with an index. */
export async function makeShardedSafetensors(folder: string, seed: number): Promise<Fixture> {
  await mkdir(folder, { recursive: true });
  const tensors = sampleTensors(seed);
  const half = Math.ceil(tensors.length / 2);
  const shards = [tensors.slice(0, half), tensors.slice(half)];
  const map: [string, string][] = [];
  const files = [path.join(folder, 'model.safetensors.index.json')];
  for (const [i, shard] of shards.entries()) {
    const name = `model-0000${i + 1}-of-00002.safetensors`;
    await writeFile(path.join(folder, name), encodeSafetensors(shard));
    files.push(path.join(folder, name));
    for (const tensor of shard) map.push([tensor.name, name]);
  }
  const total = tensors.reduce((sum, tensor) => sum + tensor.bytes.length, 0);
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(map) };
  await writeFile(files[0]!, JSON.stringify(index, null, 2));
  return { path: files[0]!, files, tensors };
}

export type TfjsKind = 'layers' | 'graph';

/**
 * A TensorFlow.js model of two groups, cut into files of 10 000 bytes so that tensors cross them. The
 * graph kind is as old converters left it: without `format`, and shards without an extension. With
 * `packed` the manifest's first three weights are stored as uint8, uint16 and float16.
 */
export async function makeTfjs(
  folder: string,
  seed: number,
  kind: TfjsKind,
  { packed = false }: { readonly packed?: boolean } = {},
): Promise<Fixture> {
  await mkdir(folder, { recursive: true });
  const random = new Random(seed);
  const float32 = (name: string, shape: readonly number[]) =>
    float32Tensor(name, shape, normals(random, count(shape), 0.1));
  const integers = Int32Array.from({ length: 24 }, () => random.integer(1000) - 500);
  const groups: readonly (readonly FixtureTensor[])[] = [
    [
      float32('dense/kernel', [64, 48]),
      float32('dense/bias', [48]),
      float32('dense_1/kernel', [48, 40]),
      { name: 'table', dtype: 'I32', shape: [4, 6], bytes: bytesOf(integers) },
    ],
    [
      { name: 'flags', dtype: 'BOOL', shape: [5], bytes: Uint8Array.of(1, 0, 1, 1, 0) },
      float32('dense_2/kernel', [40, 33]),
      float32('epsilon', []),
    ],
  ];
  const files: string[] = [];
  const stored: FixtureTensor[] = [];
  const manifest: unknown[] = [];
  for (const [g, group] of groups.entries()) {
    const encoded = group.map((tensor, i) =>
      encodeWeight(tensor, packed && g === 0 ? PACKINGS[i] : undefined),
    );
    stored.push(...encoded.map(({ plain }) => plain));
    const data = Buffer.concat(encoded.map(({ data }) => data));
    const total = Math.ceil(data.length / 10_000);
    const paths = Array.from(
      { length: total },
      (_, i) => `group${g + 1}-shard${i + 1}of${total}${kind === 'layers' ? '.bin' : ''}`,
    );
    for (const [i, name] of paths.entries()) {
      files.push(path.join(folder, name));
      await writeFile(path.join(folder, name), data.subarray(i * 10_000, (i + 1) * 10_000));
    }
    manifest.push({ paths, weights: encoded.map(({ weight }) => weight) });
  }
  const file = path.join(folder, 'model.json');
  await writeFile(
    file,
    JSON.stringify({ ...(kind === 'layers' ? LAYERS : GRAPH), weightsManifest: manifest }),
  );
  return { path: file, files: [file, ...files], tensors: stored };
}

/** A TensorFlow.js model beside whose topology a safetensors file lies, cut into files of 10 000 bytes. */
export async function makePackedTfjs(folder: string, seed: number): Promise<Fixture> {
  await mkdir(folder, { recursive: true });
  const tensors = sampleTensors(seed);
  const data = encodeSafetensors(tensors);
  const paths = Array.from({ length: Math.ceil(data.length / 10_000) }, (_, i) => `weights-${i + 1}.bin`);
  for (const [i, name] of paths.entries()) {
    await writeFile(path.join(folder, name), data.subarray(i * 10_000, (i + 1) * 10_000));
  }
  const file = path.join(folder, 'model.json');
  const packed = { version: 1, paths };
  await writeFile(file, JSON.stringify({ ...LAYERS, weightsManifest: [], weightroom: packed }));
  return { path: file, files: [file, ...paths.map((name) => path.join(folder, name))], tensors };
}

const LAYERS = {
  format: 'layers-model',
  generatedBy: 'keras v2.15.0',
  convertedBy: null,
  modelTopology: {
    keras_version: '2.15.0',
    model_config: { class_name: 'Sequential', config: { name: 'sequential', layers: [] } },
  },
};

const GRAPH = {
  modelTopology: {
    node: [{ name: 'dense/kernel', op: 'Const', attr: { dtype: { type: 1 } } }],
    library: {},
    versions: {},
  },
};

const TFJS_DTYPE: Readonly<Record<string, string>> = { F32: 'float32', I32: 'int32', BOOL: 'bool' };
const PACKINGS = ['uint8', 'uint16', 'float16'] as const;

/** A weight as it is stored, its manifest entry, and the tensor that a reader should see. */
function encodeWeight(tensor: FixtureTensor, packing: (typeof PACKINGS)[number] | undefined) {
  const weight = { name: tensor.name, shape: tensor.shape, dtype: TFJS_DTYPE[tensor.dtype] };
  if (packing === undefined) return { weight, data: tensor.bytes, plain: tensor };
  const size = count(tensor.shape);
  if (packing === 'float16') {
    // Powers of two with one bit of significand: their value is plain from the code.
    const codes = Uint16Array.from({ length: size }, (_, i) => ((10 + (i % 10)) << 10) | ((i & 1) << 9));
    const values = Float32Array.from({ length: size }, (_, i) => 2 ** ((i % 10) - 5) * (1 + (i & 1) / 2));
    const plain = { ...tensor, bytes: bytesOf(values) };
    return { weight: { ...weight, quantization: { dtype: packing } }, data: bytesOf(codes), plain };
  }
  const values = new Float32Array(tensor.bytes.slice().buffer);
  const top = packing === 'uint8' ? 255 : 65535;
  const min = Math.min(...values);
  const scale = (Math.max(...values) - min) / top;
  const rounded = values.map((x) => Math.round((x - min) / scale));
  const codes = packing === 'uint8' ? Uint8Array.from(rounded) : Uint16Array.from(rounded);
  const plain = { ...tensor, bytes: bytesOf(Float32Array.from(codes, (code) => code * scale + min)) };
  return { weight: { ...weight, quantization: { dtype: packing, scale, min } }, data: bytesOf(codes), plain };
}

/** 16-bit floats around one: a code of one with random low bits. */
function halfFloats(random: Random, size: number, one: number): Uint8Array {
  return bytesOf(Uint16Array.from({ length: size }, () => one ^ random.integer(64)));
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
