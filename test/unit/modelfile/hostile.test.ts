import { symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  MAX_HEADER_BYTES,
  MAX_JSON_DEPTH,
  MAX_METADATA_PAIRS,
  MAX_RANK,
} from '../../../src/modelfile/limits';
import { openModel } from '../../../src/modelfile/open';
import { makeShardedSafetensors, withHeader } from './fixtures';
import { temporaryFolder } from './temporaryFolder';

async function refusal(file: string): Promise<string> {
  try {
    await openModel(file);
  } catch (error) {
    expect(error).toMatchObject({ name: 'UserError' });
    return (error as { code: string }).code;
  }
  return 'opened';
}

const ONE = '"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}';
const entry = (fields: string) => `{"a":{${fields}}}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** Header texts over eight bytes of data, and the code of the error. */
const HEADERS: readonly [string, string, string][] = [
  ['file-truncated', 'more tensors than data', entry('"dtype":"U8","shape":[9],"data_offsets":[0,9]')],
  ['gap-in-file', 'bytes behind the last tensor', `{${ONE}}`],
  ['gap-in-file', 'bytes between tensors', `{${ONE},"b":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}}`],
  ['gap-in-file', 'data without tensors', '{}'],
  [
    'offsets-overlap',
    'tensors over one another',
    `{${ONE},"b":{"dtype":"U8","shape":[6],"data_offsets":[2,8]}}`,
  ],
  ['offsets-overlap', 'the same place twice', `{${ONE},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`],
  [
    'offsets-outside-file',
    'a tensor far away',
    `{${ONE},"b":{"dtype":"U8","shape":[4],"data_offsets":[1000000000000,1000000000004]}}`,
  ],
  ['shape-mismatch', 'a shape for more bytes', entry('"dtype":"F32","shape":[4],"data_offsets":[0,8]')],
  ['shape-mismatch', 'an end before the begin', entry('"dtype":"U8","shape":[4],"data_offsets":[8,4]')],
  [
    'shape-mismatch',
    'a product beyond all bounds',
    entry('"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8]'),
  ],
  [
    'shape-mismatch',
    'such a product hidden by a zero',
    entry('"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]'),
  ],
  [
    'shape-mismatch',
    'too many dimensions',
    entry(
      `"dtype":"U8","shape":[${Array(MAX_RANK + 1)
        .fill(1)
        .join()}],"data_offsets":[0,1]`,
    ),
  ],
  ['duplicate-tensor', 'a name twice', `{${ONE},${ONE}}`],
  [
    'duplicate-tensor',
    'a name twice, once in disguise',
    `{${ONE},"\\u0061":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}`,
  ],
  ['duplicate-key', 'a type twice', entry('"dtype":"U8","dtype":"I8","shape":[8],"data_offsets":[0,8]')],
  ['unknown-dtype', 'a type from nowhere', entry('"dtype":"Q4","shape":[8],"data_offsets":[0,8]')],
  ['unknown-dtype', 'a type in small letters', entry('"dtype":"u8","shape":[8],"data_offsets":[0,8]')],
  ['malformed', 'a type that is a number', entry('"dtype":8,"shape":[8],"data_offsets":[0,8]')],
  ['malformed', 'a negative dimension', entry('"dtype":"U8","shape":[-8],"data_offsets":[0,8]')],
  ['malformed', 'half a dimension', entry('"dtype":"U8","shape":[8.5],"data_offsets":[0,8]')],
  ['malformed', 'a dimension with an exponent', entry('"dtype":"U8","shape":[8e0],"data_offsets":[0,8]')],
  ['malformed', 'three offsets', entry('"dtype":"U8","shape":[8],"data_offsets":[0,8,8]')],
  ['malformed', 'one offset', entry('"dtype":"U8","shape":[8],"data_offsets":[0]')],
  ['malformed', 'no offsets', entry('"dtype":"U8","shape":[8]')],
  ['malformed', 'an entry that is no object', '{"a":[]}'],
  ['malformed', 'a header that is a list', '[]'],
  ['malformed', 'metadata that are no texts', '{"__metadata__":{"a":1}}'],
  [
    'number-too-large',
    'an offset beyond 2^53',
    entry('"dtype":"U8","shape":[8],"data_offsets":[9007199254740992,9007199254741000]'),
  ],
  [
    'number-too-large',
    'an offset of 300 digits',
    entry(`"dtype":"U8","shape":[8],"data_offsets":[0,${'9'.repeat(300)}]`),
  ],
  ['header-not-json', 'no JSON', 'hello, hello'],
  ['header-not-json', 'nothing', ''],
  ['header-not-json', 'JSON that stops', '{"a":{"dtype":"U8"'],
  ['header-not-json', 'JSON and more', `{${ONE}} {}`],
  ['header-not-json', 'a comma too many', `{${ONE},}`],
  ['header-not-json', 'an escape that is none', '{"\\x":1}'],
  ['header-not-json', 'a number that is none', entry('"note":01')],
  ['header-not-json', 'a number of a million digits', entry(`"note":${'1'.repeat(1_000_000)}`)],
  ['json-too-deep', 'a deep list where anything may stand', entry(`"note":${nested(MAX_JSON_DEPTH + 1)}`)],
  ['json-too-deep', 'a list a million deep', entry(`"note":${nested(1_000_000)}`)],
  [
    'too-many-keys',
    'an entry of a thousand fields',
    entry(Array.from({ length: 1000 }, (_, i) => `"${i}":0`).join()),
  ],
  [
    'metadata-too-large',
    'metadata without end',
    `{"__metadata__":{${Array.from({ length: MAX_METADATA_PAIRS + 1 }, (_, i) => `"${i}":""`).join()}}}`,
  ],
  [
    'name-too-long',
    'a name like a book',
    `{"${'a'.repeat(5000)}":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}`,
  ],
];

describe('a safetensors header with', () => {
  it.each(HEADERS)('%s: %s', async (code, _title, header) => {
    const file = path.join(await temporaryFolder(), 'hostile.safetensors');
    await writeFile(file, withHeader(header, new Uint8Array(8)));
    expect(await refusal(file)).toBe(code);
  });

  it('too-many-tensors', async () => {
    const file = path.join(await temporaryFolder(), 'hostile.safetensors');
    const entries = Array.from(
      { length: 160_001 },
      (_, i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`,
    );
    await writeFile(file, withHeader(`{${entries.join()}}`, new Uint8Array(0)));
    expect(await refusal(file)).toBe('too-many-tensors');
  });

  it('bytes that are not UTF-8', async () => {
    const file = path.join(await temporaryFolder(), 'hostile.safetensors');
    const bytes = withHeader('{"abc":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}', new Uint8Array(8));
    bytes[11] = 0xff;
    await writeFile(file, bytes);
    expect(await refusal(file)).toBe('header-not-json');
  });
});

describe('a file', () => {
  it.each([
    ['file-truncated', 0, 0n],
    ['file-truncated', 7, 0n],
    ['file-truncated', 100, 93n],
    ['header-too-large', 100, BigInt(MAX_HEADER_BYTES) + 1n],
    ['header-too-large', 100, 2n ** 63n],
    ['header-too-large', 100, 2n ** 64n - 1n],
  ])('%s: %i bytes that announce a header of %i', async (code, size, announced) => {
    const file = path.join(await temporaryFolder(), 'hostile.safetensors');
    const bytes = Buffer.alloc(Math.max(size, 8));
    bytes.writeBigUInt64LE(announced);
    await writeFile(file, bytes.subarray(0, size));
    expect(await refusal(file)).toBe(code);
  });

  it('that is huge and of holes only is refused without reading them', async () => {
    const file = path.join(await temporaryFolder(), 'holes.safetensors');
    await writeFile(file, '');
    await truncate(file, 2 ** 40);
    expect(await refusal(file)).toBe('header-not-json');
  });

  it.each([
    ['file-not-found', 'missing.safetensors'],
    ['not-a-file', ''],
    ['file-not-found', `${'x'.repeat(300)}.safetensors`],
  ])('%s: %s', async (code, name) => {
    expect(await refusal(path.join(await temporaryFolder(), name))).toBe(code);
  });

  it('of another kind', async () => {
    const file = path.join(await temporaryFolder(), 'model.pt');
    await writeFile(file, 'x');
    expect(await refusal(file)).toBe('unknown-format');
  });
});

const BAD_NAMES = [
  '../outside.bin',
  '/etc/hostname',
  'a/../../b',
  '..',
  '.',
  '',
  'a//b',
  './a',
  'a\\b',
  '..\\a',
  'C:\\a',
  'C:a',
  'a\0b',
  '\\\\server\\share',
];

describe('shard names', () => {
  it.each(BAD_NAMES)('%j leads out of the folder', async (name) => {
    const folder = await temporaryFolder();
    const index = path.join(folder, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: { a: name } }));
    expect(await refusal(index)).toBe('path-traversal');
    const json = path.join(folder, 'model.json');
    await writeFile(
      json,
      JSON.stringify({ modelTopology: { node: [] }, weightsManifest: [{ paths: [name], weights: [] }] }),
    );
    expect(await refusal(json)).toBe('path-traversal');
  });

  it('a link leads out of the folder', async () => {
    const folder = await temporaryFolder();
    const outside = await temporaryFolder();
    await writeFile(path.join(outside, 'secret.bin'), new Uint8Array(4));
    await symlink(path.join(outside, 'secret.bin'), path.join(folder, 'shard.bin'));
    const weights = [{ name: 'a', shape: [1], dtype: 'float32' }];
    const json = path.join(folder, 'model.json');
    await writeFile(
      json,
      JSON.stringify({ modelTopology: { node: [] }, weightsManifest: [{ paths: ['shard.bin'], weights }] }),
    );
    expect(await refusal(json)).toBe('path-traversal');
  });

  it('a shard is missing, or is a folder', async () => {
    const folder = await temporaryFolder();
    const index = path.join(folder, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: { a: 'gone.safetensors' } }));
    expect(await refusal(index)).toBe('shard-missing');
  });
});

describe('an index', () => {
  it.each([
    ['index-mismatch', (map: Record<string, string>) => ({ ...map, more: map['scale'] })],
    ['index-mismatch', (map: Record<string, string>) => ({ ...map, scale: map['embedding.weight'] })],
    ['index-mismatch', (map: Record<string, string>) => ({ ...map, scale: undefined })],
    ['malformed', () => 'none'],
    ['malformed', (map: Record<string, string>) => ({ ...map, scale: 1 })],
  ])('%s', async (code, change) => {
    const { path: index, tensors } = await makeShardedSafetensors(await temporaryFolder(), 1);
    const map = Object.fromEntries(
      tensors.map(({ name }, i) => [name, `model-0000${i < 5 ? 1 : 2}-of-00002.safetensors`]),
    );
    await writeFile(index, JSON.stringify({ weight_map: change(map) }));
    expect(await refusal(index)).toBe(code);
  });
});

const GRAPH = { node: [] };
const FLOAT = { name: 'a', shape: [2], dtype: 'float32' };

/** Contents of `model.json` over eight bytes in `a.bin`, and the code of the error. */
const MODELS: readonly [string, string, unknown][] = [
  ['opened', 'nothing wrong', model([FLOAT])],
  ['unknown-format', 'no topology', { weightsManifest: [{ paths: ['a.bin'], weights: [FLOAT] }] }],
  ['unknown-format', 'a topology of neither kind', { modelTopology: {}, weightsManifest: [] }],
  ['unknown-format', 'a topology that is a list', { modelTopology: [], weightsManifest: [] }],
  ['malformed', 'no manifest', { modelTopology: GRAPH }],
  ['malformed', 'a manifest that is no list', { modelTopology: GRAPH, weightsManifest: {} }],
  ['malformed', 'a list', []],
  ['file-truncated', 'more weights than bytes', model([{ ...FLOAT, shape: [3] }])],
  ['gap-in-file', 'bytes without weights', model([{ ...FLOAT, shape: [1] }])],
  [
    'duplicate-tensor',
    'a name twice',
    model([
      { ...FLOAT, shape: [1] },
      { ...FLOAT, shape: [1] },
    ]),
  ],
  ['duplicate-shard', 'a file twice', model([FLOAT], ['a.bin', 'a.bin'])],
  ['unknown-dtype', 'texts', model([{ ...FLOAT, dtype: 'string' }])],
  ['unknown-dtype', 'complex numbers', model([{ ...FLOAT, dtype: 'complex64' }])],
  [
    'unknown-dtype',
    'an unknown packing',
    model([{ ...FLOAT, quantization: { dtype: 'uint4', scale: 1, min: 0 } }]),
  ],
  [
    'unknown-dtype',
    'integers packed as floats',
    model([{ ...FLOAT, dtype: 'int32', quantization: { dtype: 'float16' } }]),
  ],
  ['malformed', 'a packing without scale', model([{ ...FLOAT, quantization: { dtype: 'uint8', min: 0 } }])],
  ['shape-mismatch', 'a product beyond all bounds', model([{ ...FLOAT, shape: [2 ** 40, 2 ** 40] }])],
  [
    'shape-mismatch',
    'a product that only unpacking makes so large',
    model([{ ...FLOAT, shape: [2 ** 52], quantization: { dtype: 'uint8', scale: 1, min: 0 } }]),
  ],
  ['malformed', 'a shape of texts', model([{ ...FLOAT, shape: ['2'] }])],
];

function model(weights: readonly object[], paths: readonly string[] = ['a.bin']) {
  return { modelTopology: GRAPH, weightsManifest: [{ paths, weights }] };
}

describe('a model.json with', () => {
  it.each(MODELS)('%s: %s', async (code, _title, json) => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a.bin'), new Uint8Array(8));
    await writeFile(path.join(folder, 'model.json'), JSON.stringify(json));
    expect(await refusal(path.join(folder, 'model.json'))).toBe(code);
  });

  it.each([
    ['json-too-deep', `{"modelTopology":{"node":${nested(100_000)}},"weightsManifest":[]}`],
    [
      'malformed',
      `{"modelTopology":{"node":[]},"weightsManifest":[{"weights":[{"name":"a","shape":[1],"dtype":"float32","quantization":{"dtype":"uint8","scale":1e999,"min":0}}]}]}`,
    ],
    ['duplicate-key', '{"weightsManifest":[],"weightsManifest":[],"modelTopology":{"node":[]}}'],
    ['header-not-json', '{"modelTopology":{"node":[NaN]},"weightsManifest":[]}'],
  ])('%s', async (code, text) => {
    const file = path.join(await temporaryFolder(), 'model.json');
    await writeFile(file, text);
    expect(await refusal(file)).toBe(code);
  });
});
