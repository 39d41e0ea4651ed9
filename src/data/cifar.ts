import { open } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/userError';
import type { DataSet, Split } from './dataSet';
import type { SplitSizes } from './idxImages';
import { publishedFolder, type PublishedData } from './sharedFolder';

export interface CifarOptions extends SplitSizes {
  /** Folder with the binary files, from the experiment's own folder; `cifar-10` or `cifar-100` in WEIGHTROOM_DATA where absent. */
  readonly folder?: string;
}

export interface Cifar100Options extends CifarOptions {
  /** The 100 classes, or the 20 that they fall into; `fine` where absent. */
  readonly labels?: 'fine' | 'coarse';
}

export interface Cifar10Source extends CifarOptions {
  readonly source: 'cifar10';
}

export interface Cifar100Source extends Cifar100Options {
  readonly source: 'cifar100';
}

/** How a record of the binary files is laid out: label bytes, then 1024 bytes each of red, green and blue. */
interface Layout extends PublishedData {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly labelBytes: number;
}

const SIDE = 32;
const CHANNELS = 3;
const PLANE = SIDE * SIDE;

const CIFAR10: Layout = {
  name: 'CIFAR-10',
  folder: 'cifar-10',
  missing: 'cifar-not-found',
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
  labelBytes: 1,
  remedy:
    'Unpack cifar-10-binary.tar.gz of www.cs.toronto.edu/~kriz/cifar.html, and name the folder with ' +
    'data_batch_1.bin to data_batch_5.bin and test_batch.bin: cifar10({ folder }).',
};

const CIFAR100: Layout = {
  name: 'CIFAR-100',
  folder: 'cifar-100',
  missing: 'cifar-not-found',
  train: ['train.bin'],
  test: ['test.bin'],
  labelBytes: 2,
  remedy:
    'Unpack cifar-100-binary.tar.gz of www.cs.toronto.edu/~kriz/cifar.html, and name the folder with ' +
    'train.bin and test.bin: cifar100({ folder }).',
};

/** Photographs of 32 × 32 × 3 pixels from 0 to 1, ten classes, 50 000 to train and 10 000 to test (Krizhevsky). */
export function cifar10(options: CifarOptions = {}): Cifar10Source {
  return { source: 'cifar10', ...options };
}

/** Photographs of 32 × 32 × 3 pixels from 0 to 1, 100 classes or 20 coarse ones (Krizhevsky). */
export function cifar100(options: Cifar100Options = {}): Cifar100Source {
  return { source: 'cifar100', ...options };
}

/** @throws UserError `cifar-not-found`, or `cifar-damaged` */
export function loadCifar10(options: CifarOptions, experimentFolder: string): Promise<DataSet> {
  return loadCifar(options, experimentFolder, CIFAR10, { byte: 0, classes: 10 });
}

/** @throws UserError `cifar-not-found`, or `cifar-damaged` */
export function loadCifar100(options: Cifar100Options, experimentFolder: string): Promise<DataSet> {
  const label = options.labels === 'coarse' ? { byte: 0, classes: 20 } : { byte: 1, classes: 100 };
  return loadCifar(options, experimentFolder, CIFAR100, label);
}

interface Label {
  readonly byte: number;
  readonly classes: number;
}

async function loadCifar(
  { folder: named, trainSize = Infinity, testSize = Infinity }: CifarOptions,
  experimentFolder: string,
  layout: Layout,
  label: Label,
): Promise<DataSet> {
  const folder = await publishedFolder(named, experimentFolder, layout);
  return {
    name: layout.name,
    train: await readSplit(folder, layout.train, trainSize, layout, label),
    test: await readSplit(folder, layout.test, testSize, layout, label),
  };
}

/** Reads no more files, and of the last no more records, than are wanted. */
async function readSplit(
  folder: string,
  names: readonly string[],
  wanted: number,
  layout: Layout,
  label: Label,
): Promise<Split> {
  const record = layout.labelBytes + CHANNELS * PLANE;
  const pieces: Buffer[] = [];
  let size = 0;
  for (const name of names) {
    if (size >= wanted) break;
    const piece = await readRecords(path.join(folder, name), record, wanted - size, layout);
    pieces.push(piece);
    size += piece.length / record;
  }
  const pixels = new Uint8Array(size * CHANNELS * PLANE);
  const labels = new Uint8Array(size);
  let example = 0;
  for (const [i, piece] of pieces.entries()) {
    for (let at = 0; at < piece.length; at += record, example++) {
      labels[example] = piece[at + label.byte]!;
      if (labels[example]! >= label.classes) {
        throw damaged(path.join(folder, names[i]!), `its record ${at / record} has no label`, layout);
      }
      interleave(piece.subarray(at + layout.labelBytes, at + record), pixels, example * CHANNELS * PLANE);
    }
  }
  return {
    size,
    x: { values: pixels, shape: [SIDE, SIDE, CHANNELS], scale: 1 / 255 },
    y: { values: labels, shape: [], classes: label.classes },
  };
}

/** From one plane a colour to one colour after another, as TensorFlow.js has images. */
function interleave(planes: Uint8Array, pixels: Uint8Array, from: number): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let i = 0; i < PLANE; i++) pixels[from + CHANNELS * i + channel] = planes[channel * PLANE + i]!;
  }
}

async function readRecords(file: string, record: number, most: number, layout: Layout): Promise<Buffer> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new UserError(
      layout.missing,
      `${path.dirname(file)} has no ${path.basename(file)} that can be read.`,
      layout.remedy,
      { cause },
    );
  });
  try {
    const { size } = await handle.stat();
    if (size === 0 || size % record !== 0) {
      throw damaged(file, `its ${size} bytes are no whole number of records of ${record}`, layout);
    }
    const bytes = Buffer.alloc(record * Math.min(size / record, most));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    if (bytesRead < bytes.length) throw damaged(file, 'it ends early', layout);
    return bytes;
  } finally {
    await handle.close();
  }
}

function damaged(file: string, what: string, layout: Layout): UserError {
  return new UserError(
    'cifar-damaged',
    `${path.basename(file)} is not a whole file of ${layout.name}: ${what}.`,
    `${layout.remedy} ${file} is to be replaced.`,
  );
}
