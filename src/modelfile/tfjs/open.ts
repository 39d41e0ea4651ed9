import { concatenateFiles } from '../concatenation';
import { badFile } from '../fileErrors';
import { JsonReader } from '../jsonReader';
import { MAX_MODEL_JSON_BYTES } from '../limits';
import { readSafetensorsHeader } from '../safetensors/header';
import { resolveShard } from '../shardPath';
import { readWhole, type SourceFile } from '../sourceFile';
import { StoredModel, type StoredTensor } from '../storedModel';
import type { TfjsLayout } from './layout';
import { readManifest, type ManifestGroup } from './manifest';
import { PACKED_KEY } from '../packedMember';
import { readPackedPaths } from './packed';

/**
 * Opens a TensorFlow.js model by its `model.json`. The binary files of each group of the manifest count
 * as one sequence of bytes, in which the weights follow one another. Whether it is a graph or a layers
 * model is told by the topology: early converters wrote no `format`. The files of a packed model are one
 * safetensors file, whose tensors and metadata take the place of the manifest's.
 */
export async function openTfjs(file: SourceFile): Promise<StoredModel> {
  if (file.size > MAX_MODEL_JSON_BYTES) {
    throw badFile('header-too-large', file.path, `is larger than ${MAX_MODEL_JSON_BYTES} bytes`);
  }
  const model = readModelJson(await readWhole(file), file.path);
  const { packed } = model;
  if (packed === undefined) return openManifest(file, model);
  if (model.groups.some(({ weights }) => weights.length > 0)) {
    throw badFile('malformed', file.path, 'has both a manifest of weights and packed weights');
  }
  const files: SourceFile[] = [];
  for (const name of packed.paths) files.push(await resolveShard(file.path, name));
  const { metadata, tensors } = await readSafetensorsHeader(concatenateFiles(files), file.path);
  return storedModel(file, model, files, tensors, metadata);
}

async function openManifest(file: SourceFile, model: ModelJson): Promise<StoredModel> {
  const files: SourceFile[] = [];
  const tensors: StoredTensor[] = [];
  for (const group of model.groups) {
    const shards: SourceFile[] = [];
    for (const name of group.paths) shards.push(await resolveShard(file.path, name));
    for (const shard of shards) files.push(shard);
    for (const tensor of placeWeights(group, shards, file.path)) tensors.push(tensor);
  }
  return storedModel(file, model, files, tensors, {});
}

function storedModel(
  file: SourceFile,
  { format, groups, manifest, packed, metadata }: ModelJson,
  files: readonly SourceFile[],
  tensors: readonly StoredTensor[],
  more: Readonly<Record<string, string>>,
): StoredModel {
  const layout: TfjsLayout = {
    kind: 'tfjs',
    json: file,
    manifest,
    groups: groups.map((group) => group.weights.map((weight) => weight.entry)),
    ...(packed !== undefined && { packed: packed.place }),
  };
  return new StoredModel({
    format,
    path: file.path,
    files: [file, ...files],
    metadata: { ...more, ...metadata },
    tensors,
    layout,
  });
}

function placeWeights(group: ManifestGroup, shards: readonly SourceFile[], file: string): StoredTensor[] {
  const data = concatenateFiles(shards);
  let begin = 0;
  const tensors = group.weights.map((weight) => {
    const placed = { ...weight, data, begin };
    begin += weight.entry.bytes;
    return placed;
  });
  if (begin > data.length) {
    throw badFile('file-truncated', file, `needs ${begin} bytes of weights; its files hold ${data.length}`);
  }
  if (begin < data.length) {
    throw badFile('gap-in-file', file, `leaves ${data.length - begin} bytes of its files unused`);
  }
  return tensors;
}

const ABOUT: readonly string[] = ['format', 'generatedBy', 'convertedBy'];

interface ModelJson {
  readonly format: 'tfjs-graph' | 'tfjs-layers';
  readonly groups: readonly ManifestGroup[];
  /** Where the value of `weightsManifest` stands. */
  readonly manifest: { readonly start: number; readonly end: number };
  readonly packed?: {
    readonly paths: readonly string[];
    readonly place: { readonly start: number; readonly end: number };
  };
  readonly metadata: Readonly<Record<string, string>>;
}

function readModelJson(bytes: Uint8Array, file: string): ModelJson {
  const reader = new JsonReader(bytes, file);
  const metadata: [string, string][] = [];
  let groups: readonly ManifestGroup[] | undefined;
  let format: 'tfjs-graph' | 'tfjs-layers' | undefined;
  let manifest = { start: 0, end: 0 };
  let packed: ModelJson['packed'];
  reader.object('the model', (key) => {
    if (key === 'weightsManifest') {
      const start = reader.position;
      groups = readManifest(reader, file);
      manifest = { start, end: reader.reached };
    } else if (key === PACKED_KEY) {
      const start = reader.memberStart;
      packed = { paths: readPackedPaths(reader, file), place: { start, end: reader.reached } };
    } else if (key === 'modelTopology') {
      format = readTopologyKind(reader);
    } else if (ABOUT.includes(key) && reader.atString) {
      metadata.push([key, reader.string(key)]);
    } else {
      reader.skip();
    }
  });
  reader.end();
  if (groups === undefined) throw reader.malformed('the model', 'a weightsManifest');
  if (format === undefined) {
    throw badFile('unknown-format', file, 'has no topology of a TensorFlow.js graph or layers model');
  }
  return {
    format,
    groups,
    manifest,
    metadata: Object.fromEntries(metadata),
    ...(packed !== undefined && { packed }),
  };
}

/** A graph lists its nodes; a Keras model has a class name and a configuration, perhaps one level down. */
function readTopologyKind(reader: JsonReader): 'tfjs-graph' | 'tfjs-layers' | undefined {
  if (!reader.atObject) {
    reader.skip();
    return undefined;
  }
  let format: 'tfjs-graph' | 'tfjs-layers' | undefined;
  reader.object('modelTopology', (key) => {
    if (key === 'node' && reader.atArray) format = 'tfjs-graph';
    if (key === 'model_config' || key === 'class_name') format ??= 'tfjs-layers';
    reader.skip();
  });
  return format;
}
