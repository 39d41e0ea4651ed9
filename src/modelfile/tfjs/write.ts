import path from 'node:path';
import { UserError } from '../../protocol/userError';
import { DTYPE_BYTES } from '../dtype';
import { badFile } from '../fileErrors';
import type { ModelWriter, TensorEntry } from '../model';
import { readWhole } from '../sourceFile';
import { StagedFiles, type StagingOptions } from '../stagedFiles';
import { StagedWriter, type Slot, type StagedPart } from '../stagedWriter';
import type { TfjsLayout } from './layout';

/** Where the converter of TensorFlow.js cuts its binary files: browsers cache files of this size. */
const SHARD_BYTES = 4 * 2 ** 20;

interface ShardPlan {
  readonly target: string;
  readonly length: number;
}

/**
 * Starts a copy of a TensorFlow.js model: `model.w4.json` with `model.w4.group1-shard1of7.bin` and so on
 * beside it. Everything in the JSON but the manifest is kept to the byte. Weights are written plainly in
 * their own type, so `quantization` entries go.
 */
export async function writeTfjsLike(
  layout: TfjsLayout,
  output: string,
  options: StagingOptions,
): Promise<ModelWriter> {
  const target = path.resolve(output);
  if (!/^.+\.json$/i.test(path.basename(target)) || /\.safetensors\.index\.json$/i.test(target)) {
    throw new UserError(
      'output-name',
      `${path.basename(target)} is not a name for a TensorFlow.js model.`,
      'Choose a name that ends in .json.',
    );
  }
  const stem = target.slice(0, -'.json'.length);
  const groups = layout.groups.map((tensors, i) => planShards(tensors, `${stem}.group${i + 1}`));
  const json = await newJson(layout, groups);
  const shards = groups.flat();
  const staged = await StagedFiles.stage([...shards, { target, length: json.length }], options);
  try {
    await staged.at(shards.length).write(json, 0);
    let firstShard = 0;
    const slots: Slot[] = [];
    for (const [i, group] of groups.entries()) {
      const parts = group.map(({ length }, k) => ({ file: staged.at(firstShard + k), start: 0, length }));
      for (const part of parts) if (part.length === 0) await part.file.write(new Uint8Array(0), 0);
      for (const slot of cut(layout.groups[i]!, parts)) slots.push(slot);
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

async function newJson(layout: TfjsLayout, groups: readonly (readonly ShardPlan[])[]): Promise<Uint8Array> {
  const { json, manifest } = layout;
  const bytes = await readWhole(json);
  let groupsBefore: Manifest;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      bytes.subarray(manifest.start, manifest.end),
    );
    groupsBefore = JSON.parse(text) as Manifest;
  } catch (error) {
    throw badFile('header-not-json', json.path, 'has a manifest that cannot be read', undefined, {
      cause: error,
    });
  }
  const groupsAfter = groupsBefore.map((group, i) => ({
    ...group,
    paths: groups[i]!.map((shard) => path.basename(shard.target)),
    // JSON leaves out what is undefined.
    weights: (group.weights ?? []).map((weight) => ({ ...weight, quantization: undefined })),
  }));
  return Buffer.concat([
    bytes.subarray(0, manifest.start),
    Buffer.from(JSON.stringify(groupsAfter)),
    bytes.subarray(manifest.end),
  ]);
}
