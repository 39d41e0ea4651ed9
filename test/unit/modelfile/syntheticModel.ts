import { open } from 'node:fs/promises';
import { Random } from '../../../src/math/random';

export interface SyntheticModel {
  readonly tensors: number;
  /** Shape of every tensor, float32. */
  readonly rows: number;
  readonly columns: number;
  /** So many of the tensors, evenly spread, hold numbers; the others are holes and read as zeros. */
  readonly filled: number;
  readonly seed: number;
}

/** A model of 65 tensors of 64 MiB, a little over 4 GiB, of which only `filled` take room on the disk. */
export const FOUR_GIB: SyntheticModel = { tensors: 65, rows: 4096, columns: 4096, filled: 4, seed: 1 };

/** One MiB of normal numbers is drawn and repeated, scaled by the tensor's number: drawing is slow. */
const BLOCK = 2 ** 18;

/**
 * Writes a safetensors file of any size within seconds: a sparse file with some real tensors in it, the
 * first and the last among them. Names are `layer.<i>.weight`.
 */
export async function writeSyntheticModel(file: string, model: SyntheticModel): Promise<void> {
  const bytes = 4 * model.rows * model.columns;
  const entries = Array.from({ length: model.tensors }, (_, i) => {
    const entry = {
      dtype: 'F32',
      shape: [model.rows, model.columns],
      data_offsets: [i * bytes, (i + 1) * bytes],
    };
    return [`layer.${i}.weight`, entry] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  const start = 8 + json.length;
  const handle = await open(file, 'w');
  try {
    await handle.write(Buffer.concat([prefix, json]), 0, start, 0);
    await handle.truncate(start + model.tensors * bytes);
    for (const i of filledTensors(model)) {
      const values = filledBlock(model, i);
      const block = new Uint8Array(values.buffer);
      for (let at = 0; at < bytes; at += block.length) {
        await handle.write(block, 0, Math.min(block.length, bytes - at), start + i * bytes + at);
      }
    }
  } finally {
    await handle.close();
  }
}

/** Numbers of the tensors that are no holes. */
export function filledTensors({ tensors, filled }: SyntheticModel): readonly number[] {
  return Array.from({ length: filled }, (_, k) => Math.round((k * (tensors - 1)) / Math.max(1, filled - 1)));
}

/** What a filled tensor repeats. */
export function filledBlock({ seed }: SyntheticModel, tensor: number): Float32Array {
  const random = new Random(seed + tensor);
  return Float32Array.from({ length: BLOCK }, () => 0.02 * (tensor + 1) * random.normal());
}
