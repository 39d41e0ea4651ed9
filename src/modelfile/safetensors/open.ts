import { concatenateFiles } from '../concatenation';
import { badFile } from '../fileErrors';
import { JsonReader, quoted } from '../jsonReader';
import { MAX_HEADER_BYTES, MAX_SHARDS, MAX_TENSORS } from '../limits';
import { resolveShard } from '../shardPath';
import { readWhole, type SourceFile } from '../sourceFile';
import { StoredModel, type StoredTensor } from '../storedModel';
import { checkName } from '../tensorShape';
import { readSafetensorsHeader } from './header';
import type { SafetensorsLayout, SafetensorsShard } from './layout';

/** Opens one safetensors file; of a model in several, just this one. */
export async function openSafetensors(file: SourceFile): Promise<StoredModel> {
  const { shard, tensors } = await openShard(file);
  return new StoredModel({
    format: 'safetensors',
    path: file.path,
    files: [file],
    metadata: shard.metadata,
    tensors,
    layout: { kind: 'safetensors', shards: [shard] },
  });
}

/**
 * Opens a model in several files by its index, `{metadata, weight_map: {tensor: file}}`. The index and
 * the shards must name the same tensors. The metadata of the shards are merged, the first one winning.
 */
export async function openShardedSafetensors(file: SourceFile): Promise<StoredModel> {
  const { shardOf, metadata } = await readIndex(file);
  const unseen = new Map(shardOf);
  const names = [...new Set(shardOf.values())];
  if (names.length > MAX_SHARDS) {
    throw badFile('too-many-shards', file.path, `names more than ${MAX_SHARDS} files`);
  }
  const shards: SafetensorsShard[] = [];
  const tensors: StoredTensor[] = [];
  for (const name of names.sort()) {
    const opened = await openShard(await resolveShard(file.path, name));
    for (const tensor of opened.tensors) {
      const { entry } = tensor;
      if (unseen.get(entry.name) !== name) {
        throw badFile('index-mismatch', file.path, `does not place ${quoted(entry.name)} in ${quoted(name)}`);
      }
      unseen.delete(entry.name);
      tensors.push(tensor);
    }
    shards.push(opened.shard);
  }
  const [missing] = unseen;
  if (missing !== undefined) {
    const [tensor, shard] = missing;
    throw badFile(
      'index-mismatch',
      file.path,
      `places ${quoted(tensor)} in ${quoted(shard)}, which lacks it`,
    );
  }
  const layout: SafetensorsLayout = { kind: 'safetensors', shards, index: { file, metadata } };
  return new StoredModel({
    format: 'safetensors',
    path: file.path,
    files: [file, ...shards.map((shard) => shard.file)],
    metadata: Object.fromEntries(shards.toReversed().flatMap((shard) => Object.entries(shard.metadata))),
    tensors,
    layout,
  });
}

async function openShard(file: SourceFile) {
  const { metadata, tensors } = await readSafetensorsHeader(concatenateFiles([file]), file.path);
  return { shard: { file, metadata, tensors: tensors.map((tensor) => tensor.entry) }, tensors };
}

async function readIndex(file: SourceFile) {
  if (file.size > MAX_HEADER_BYTES) {
    throw badFile('header-too-large', file.path, `is larger than ${MAX_HEADER_BYTES} bytes`);
  }
  const reader = new JsonReader(await readWhole(file), file.path);
  let shardOf: ReadonlyMap<string, string> | undefined;
  let metadata: { readonly start: number; readonly end: number } | undefined;
  reader.object('the index', (key) => {
    if (key === 'weight_map') {
      shardOf = readWeightMap(reader, file.path);
    } else if (key === 'metadata') {
      const start = reader.position;
      reader.skip();
      metadata = { start, end: reader.reached };
    } else {
      reader.skip();
    }
  });
  reader.end();
  if (shardOf === undefined) throw reader.malformed('the index', 'a weight_map');
  return { shardOf, metadata };
}

function readWeightMap(reader: JsonReader, file: string): ReadonlyMap<string, string> {
  const shardOf = new Map<string, string>();
  // Most tensors share a file: one text a file, not one a tensor.
  const shards = new Map<string, string>();
  reader.object(
    'weight_map',
    (tensor) => {
      checkName(tensor, file);
      const shard = reader.string(`weight_map ${quoted(tensor)}`);
      if (!shards.has(shard)) shards.set(shard, shard);
      shardOf.set(tensor, shards.get(shard)!);
    },
    { most: MAX_TENSORS, excess: 'too-many-tensors', repeated: 'duplicate-tensor' },
  );
  return shardOf;
}
