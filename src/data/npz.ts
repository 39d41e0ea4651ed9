import { access } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../protocol/userError';
import { loadArrays, type FlatNumbers } from './arrays';
import type { Column, DataSet, Split } from './dataSet';
import { readNpy } from './npy';
import { divide, type SplitOptions } from './splitRows';

export interface NpzOptions extends SplitOptions {
  /** The archive that `numpy.savez` or `savez_compressed` wrote, from the experiment's own folder. */
  readonly file: string;
  /** Name of the array in it that the model sees; its first dimension counts the examples. */
  readonly x: string;
  /** Name of the array in it that the model shall answer. */
  readonly y: string;
  /** Names of arrays to test on; else a share of the examples is kept for it. */
  readonly test?: { readonly x: string; readonly y: string };
  /** Says that `y` holds class indices from 0, and how many classes there are. */
  readonly classes?: number;
  /** Every value of `x` is multiplied by it: 1/255 for bytes of pixels. 1 where absent. */
  readonly scale?: number;
}

export interface NpzSource extends NpzOptions {
  readonly source: 'npz';
}

/** No array that fits into memory is larger; a bomb is. */
const LARGEST = 2 ** 31;
/** Members of an archive that are looked at. */
const MOST_MEMBERS = 10_000;

/** Arrays of NumPy as a data set. */
export function npz(options: NpzOptions): NpzSource {
  return { source: 'npz', ...options };
}

/**
 * @param experimentFolder absolute; the file's path counts from it
 * @throws UserError `npz-not-found`, `npz-malformed`, or `data-malformed` where the arrays do not fit together
 */
export async function loadNpz(options: NpzOptions, experimentFolder: string): Promise<DataSet> {
  const { x, y, test, classes, scale } = options;
  const file = path.resolve(experimentFolder, options.file);
  const wanted = [x, y, ...(test === undefined ? [] : [test.x, test.y])];
  const arrays = await readMembers(file, wanted);
  const splitOf = (names: { readonly x: string; readonly y: string }) => ({
    x: arrays.get(names.x)!,
    y: arrays.get(names.y)!,
  });
  const data = loadArrays({
    name: path.basename(file),
    train: splitOf({ x, y }),
    ...(test !== undefined && { test: splitOf(test) }),
    ...(classes !== undefined && { classes }),
  });
  const scaled = (split: Split): Split =>
    scale === undefined ? split : { ...split, x: scaledColumn(split.x, scale) };
  if (data.test !== undefined) return { ...data, train: scaled(data.train), test: scaled(data.test) };
  const { train, test: kept } = divide(data.train.size, data.train.x, data.train.y, options);
  return { ...data, train: scaled(train), ...(kept && { test: scaled(kept) }) };
}

/** A batch keeps integers as they are, so what is scaled must not be stored as such; bytes become numbers anyway. */
function scaledColumn(column: Column, scale: number): Column {
  const values = column.values instanceof Int32Array ? Float32Array.from(column.values) : column.values;
  return { ...column, values, scale };
}

async function readMembers(
  file: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, FlatNumbers>> {
  await access(file).catch((cause: unknown) => {
    throw new UserError(
      'npz-not-found',
      `The archive ${file} cannot be read.`,
      'Name one that numpy.savez wrote: npz({ file: "data.npz", x: "x", y: "y" }).',
      { cause },
    );
  });
  const found = new Map<string, FlatNumbers>();
  const seen: string[] = [];
  try {
    const zip = await openPromise(file, { lazyEntries: true });
    try {
      for await (const entry of zip.eachEntry()) {
        const name = entry.fileName.replace(/\.npy$/, '');
        if (seen.push(name) > MOST_MEMBERS) throw new Error(`it holds more than ${MOST_MEMBERS} arrays`);
        if (names.includes(name)) found.set(name, await readMember(zip, entry));
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    throw malformed(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const missing = names.find((name) => !found.has(name));
  if (missing === undefined) return found;
  const there = seen.slice(0, 20).join(', ');
  throw new UserError(
    'npz-malformed',
    `${path.basename(file)} has no array "${missing}".`,
    seen.length === 0 ? 'It is empty: write it again.' : `Name one of those that it has: ${there}.`,
  );
}

/** The size that the archive announces is checked before it is unpacked; yauzl stops where more comes than that. */
async function readMember(zip: ZipFile, entry: Entry): Promise<FlatNumbers> {
  const { fileName, uncompressedSize } = entry;
  if (uncompressedSize > LARGEST) throw new Error(`its array ${fileName} has ${uncompressedSize} bytes`);
  const bytes = await buffer(await zip.openReadStreamPromise(entry));
  try {
    return readNpy(bytes);
  } catch (error) {
    throw new Error(`its array ${fileName} cannot be read, for ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function malformed(file: string, what: string, cause: unknown): UserError {
  return new UserError(
    'npz-malformed',
    `${path.basename(file)} is not an archive of arrays that can be read: ${what}.`,
    `Write ${file} again with numpy.savez.`,
    { cause },
  );
}
