import { elements, type Split } from '../../data/dataSet';
import { loadMnist, type MnistOptions } from '../../data/mnist';
import { logitsOf, type Batch, type LinearModel } from '../../train/splitting/linearModel';

export interface Images {
  readonly count: number;
  /** Numbers an image. */
  readonly width: number;
  /** Row-major `[count, width]`, from 0 to 1. */
  readonly inputs: Float64Array;
  /** From 0. */
  readonly labels: Uint8Array;
}

export interface Digits {
  readonly train: Images;
  readonly test: Images;
}

/**
 * MNIST in float64.
 *
 * @param folder absolute, to look for the data from
 * @param classes digits below this one only
 * @param sizes so many of the training and the test images at most, before those of other classes are left out
 * @throws UserError `mnist-not-found`
 */
export async function loadDigits(
  folder: string,
  classes: number,
  sizes: Pick<MnistOptions, 'trainSize' | 'testSize'> = {},
): Promise<Digits> {
  const { train, test } = await loadMnist(sizes, folder);
  return { train: imagesOf(train, classes), test: imagesOf(test!, classes) };
}

function imagesOf({ x, y }: Split, classes: number): Images {
  const kept = Array.from(y.values.keys()).filter((i) => y.values[i]! < classes);
  const width = elements(x.shape);
  const scale = x.scale ?? 1;
  const inputs = new Float64Array(kept.length * width);
  kept.forEach((image, at) => {
    for (let i = 0; i < width; i++) inputs[at * width + i] = scale * x.values[image * width + i]!;
  });
  return { count: kept.length, width, inputs, labels: Uint8Array.from(kept, (i) => y.values[i]!) };
}

/** Batches in the order of the images, the rest left out. One output where there are two classes. */
export function batchesOf(images: Images, rows: number, outputs: number): Batch[] {
  return Array.from({ length: Math.floor(images.count / rows) }, (_, batch) => {
    const labels = images.labels.subarray(batch * rows, (batch + 1) * rows);
    const targets = new Float64Array(rows * outputs);
    labels.forEach((label, row) => {
      if (outputs === 1) targets[row] = label;
      else targets[row * outputs + label] = 1;
    });
    return {
      rows,
      inputs: images.inputs.subarray(batch * rows * images.width, (batch + 1) * rows * images.width),
      targets,
    };
  });
}

/** Share of the images that a model puts into another class than theirs. */
export function errorRate(model: LinearModel, { count, inputs, labels }: Images): number {
  const { outputs } = model;
  const logits = logitsOf(model, { rows: count, inputs });
  // Of logits that are not finite no class can be told.
  if (!logits.every(Number.isFinite)) return Infinity;
  let wrong = 0;
  for (let row = 0; row < count; row++) {
    const own = logits.subarray(row * outputs, (row + 1) * outputs);
    const answer = outputs === 1 ? Number(own[0]! > 0) : own.indexOf(Math.max(...own));
    if (answer !== labels[row]) wrong++;
  }
  return wrong / count;
}
