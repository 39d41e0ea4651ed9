import { access } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/userError';
import { firstExamples, type DataSet, type Split } from './dataSet';
import { readIdx } from './idx';

/** A set of images in four idx files with the names that LeCun's page gave them. */
export interface IdxImages {
  /** For people. */
  readonly name: string;
  /** Error code where a file is missing. */
  readonly missing: string;
  /** Where to get the files, and where to put them. */
  readonly remedy: string;
}

/** How many of the images are wanted; all of them where absent. */
export interface SplitSizes {
  readonly trainSize?: number;
  readonly testSize?: number;
}

/**
 * Reads both splits of ten classes from a folder; pixels from 0 to 1, `[height, width, 1]`.
 * @throws UserError with the code `missing`, or `idx-damaged`
 */
export async function loadIdxImages(
  folder: string,
  images: IdxImages,
  { trainSize, testSize }: SplitSizes,
): Promise<DataSet> {
  const [train, test] = await Promise.all([
    readSplit(folder, 'train', images),
    readSplit(folder, 't10k', images),
  ]);
  return {
    name: images.name,
    train: firstExamples(train, trainSize ?? train.size),
    test: firstExamples(test, testSize ?? test.size),
  };
}

async function readSplit(folder: string, prefix: 'train' | 't10k', images: IdxImages): Promise<Split> {
  const [pixels, labels] = await Promise.all([
    readIdx(await plainOrPacked(folder, `${prefix}-images-idx3-ubyte`, images), 3),
    readIdx(await plainOrPacked(folder, `${prefix}-labels-idx1-ubyte`, images), 1),
  ]);
  const [count, height, width] = pixels.shape as [number, number, number];
  if (labels.shape[0] !== count) {
    throw new UserError(
      'idx-damaged',
      `${folder} holds ${count} ${prefix} images and ${labels.shape[0]!} labels.`,
      images.remedy,
    );
  }
  if (labels.values.some((label) => label > 9)) {
    throw new UserError(
      'idx-damaged',
      `The ${prefix} labels in ${folder} are not all from 0 to 9.`,
      images.remedy,
    );
  }
  return {
    size: count,
    x: { values: pixels.values, shape: [height, width, 1], scale: 1 / 255 },
    y: { values: labels.values, shape: [], classes: 10 },
  };
}

async function plainOrPacked(folder: string, name: string, images: IdxImages): Promise<string> {
  for (const candidate of [path.join(folder, name), path.join(folder, `${name}.gz`)]) {
    try {
      await access(candidate);
      return candidate;
    } catch {
      continue;
    }
  }
  throw new UserError(images.missing, `${folder} has no ${name}.`, images.remedy);
}
