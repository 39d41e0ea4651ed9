import path from 'node:path';
import { UserError } from '../../protocol/userError';
import { DTYPE_BYTES } from '../dtype';
import { badFile } from '../fileErrors';
import type { ModelWriter, TensorEntry } from '../model';
import { readInto } from '../sourceFile';
import { StagedFiles, type StagingOptions } from '../stagedFiles';
import { StagedWriter, type Slot, type StagedPart } from '../stagedWriter';
import { withWeights } from './jsonTemplate';
import type { TfjsLayout } from './layout';
import { TYPE_OF } from './manifest';
import { jsonStem, SHARD_BYTES } from './outputFiles';

interface ShardPlan {
  readonly target: string;
  readonly length: number;
}

/**
 * Starts a copy of a TensorFlow.js model: `model.w4.json` with `model.w4.group1-shard1of7.bin` and so on
 * beside it. Everything in the JSON but the manifest is kept to the byte. Weights are written plainly in
 * their own type, so `quantization` entries go; those of a packed model, `tensors`, become one group.
 */
export async function writeTfjsLike(
  layout: TfjsLayout,
  tensors: readonly TensorEntry[],
  output: string,
  options: StagingOptions,
): Promise<ModelWriter> {
  const target = path.resolve(output);
  const stem = jsonStem(target);
  const tensorGroups = layout.packed === undefined ? layout.groups : [tensors];
  const groups = tensorGroups.map((group, i) => planShards(group, `${stem}.group${i + 1}`));
  const json = await newJson(layout, tensors, groups);
  const shards = groups.flat();
  const staged = await StagedFiles.stage([...shards, { target, length: json.length }], options);
  try {
    await staged.at(shards.length).write(json, 0);
    let firstShard = 0;
    const slots: Slot[] = [];
    for (const [i, group] of groups.entries()) {
      const parts = group.map(({ length }, k) => ({ file: staged.at(firstShard + k), start: 0, length }));
      for (const part of parts) if (part.length === 0) await part.file.write(new Uint8Array(0), 0);
      for (const slot of cut(tensorGroups[i]!, parts)) slots.push(slot);
      firstShard += group.length;
    }
    return new StagedWriter(staged, slots);
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

function planShards(tensors: readonly TensorEntry[], stem: string): readonly ShardPlan[] {
  const total = tensors.reduce((sum, tensor) => sum + plainBytes(tensor), 0);
  const count = Math.max(1, Math.ceil(total / SHARD_BYTES));
  return Array.from({ length: count }, (_, i) => ({
    target: `${stem}-shard${i + 1}of${count}.bin`,
    length: Math.min(SHARD_BYTES, total - i * SHARD_BYTES),
  }));
}

/** Lays tensors one after another over the files of a group. */
function cut(tensors: readonly TensorEntry[], files: readonly StagedPart[]): readonly Slot[] {
  let shard = 0;
  let used = 0;
  return tensors.map((tensor) => {
    const parts: StagedPart[] = [];
    for (let left = plainBytes(tensor); left > 0;) {
      const { file, length } = files[shard]!;
      const taken = Math.min(left, length - used);
      parts.push({ file, start: used, length: taken });
      left -= taken;
      used += taken;
      if (used === length) {
        shard++;
        used = 0;
      }
    }
    return { name: tensor.name, parts };
  });
}

function plainBytes({ size, dtype }: TensorEntry): number {
  return size * DTYPE_BYTES[dtype];
}

/** The fields of the manifest that matter here; the others pass through. */
type Manifest = readonly { readonly weights?: readonly { readonly quantization?: unknown }[] }[];

async function newJson(
  layout: TfjsLayout,
  tensors: readonly TensorEntry[],
  groups: readonly (readonly ShardPlan[])[],
): Promise<Uint8Array> {
  const before = layout.packed === undefined ? await manifestOf(layout) : [{ weights: weightsOf(tensors) }];
  const after = before.map((group, i) => ({
    ...group,
    paths: groups[i]!.map((shard) => path.basename(shard.target)),
    // JSON leaves out what is undefined.
    weights: (group.weights ?? []).map((weight) => ({ ...weight, quantization: undefined })),
  }));
  return withWeights(layout, after);
}

async function manifestOf({ json, manifest }: TfjsLayout): Promise<Manifest> {
  const bytes = new Uint8Array(manifest.end - manifest.start);
  await readInto(json, manifest.start, bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Manifest;
  } catch (error) {
    throw badFile('header-not-json', json.path, 'has a manifest that cannot be read', undefined, {
      cause: error,
    });
  }
}

/** Entries of a manifest for tensors that came without one. */
function weightsOf(tensors: readonly TensorEntry[]) {
  return tensors.map(({ name, shape, dtype }) => {
    const type = TYPE_OF.get(dtype);
    if (type !== undefined) return { name, shape, dtype: type };
    throw new UserError(
      'unknown-dtype',
      `${name} is of type ${dtype}, which TensorFlow.js lacks.`,
      'Write the model as safetensors.',
    );
  });
}
