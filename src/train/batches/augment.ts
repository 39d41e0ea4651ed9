import type { Random } from '../../math/random';
import { UserError } from '../../protocol/userError';

/** How training images `[height, width, channels]` are changed. */
export interface AugmentOptions {
  /** Pads every side by so many pixels of 0 and takes a window of the old size anywhere in it. */
  readonly crop?: number;
  /** Mirrors every other image, left to right. */
  readonly flip?: boolean;
}

export interface Augmentation extends AugmentOptions {
  readonly random: Random;
}

/**
 * Changes the images of a batch in place. What is drawn does not depend on the images: three numbers an image, so
 * that a seed of the step makes the batch.
 * @param rows `[examples, height, width, channels]`, row-major
 * @param shape of one example
 */
export function augmentImages(
  rows: Float32Array | Int32Array,
  shape: readonly number[],
  { crop = 0, flip = false, random }: Augmentation,
): void {
  const [height, width, channels] = shape as readonly [number, number, number];
  const size = height * width * channels;
  const image = rows.slice(0, size);
  for (let from = 0; from < rows.length; from += size) {
    const down = random.integer(2 * crop + 1) - crop;
    const right = random.integer(2 * crop + 1) - crop;
    const isMirrored = random.integer(2) === 1 && flip;
    if (down === 0 && right === 0 && !isMirrored) continue;
    image.set(rows.subarray(from, from + size));
    rows.fill(0, from, from + size);
    // Only what comes from inside the image is written: the rest is the padding.
    const shift = isMirrored ? -right : right;
    const [left, end] = [Math.max(0, -shift), Math.min(width, width - shift)];
    for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
      const line = (y + down) * width + right;
      const target = from + (y * width + left) * channels;
      if (isMirrored) copyMirrored(rows, target, image, line + width - end, end - left, channels);
      else rows.set(image.subarray((line + left) * channels, (line + end) * channels), target);
    }
  }
}

/** Copies so many pixels, beginning with the last of the source. */
function copyMirrored(
  rows: Float32Array | Int32Array,
  target: number,
  image: Float32Array | Int32Array,
  firstPixel: number,
  pixels: number,
  channels: number,
): void {
  let to = target;
  for (let pixel = firstPixel + pixels - 1; pixel >= firstPixel; pixel--) {
    for (let c = 0; c < channels; c++) rows[to++] = image[pixel * channels + c]!;
  }
}

/**
 * @param shape of one example
 * @throws UserError `model-does-not-fit` where it is no image, or smaller than what is cropped
 */
export function checkImages(shape: readonly number[], { crop = 0 }: AugmentOptions): void {
  const [height = 0, width = 0] = shape;
  if (shape.length === 3 && crop < Math.min(height, width)) return;
  throw new UserError(
    'model-does-not-fit',
    `augment changes images [height, width, channels]${crop > 0 ? ` larger than ${crop} pixels` : ''}; ` +
      `an example of x has the shape [${shape.join(', ')}].`,
    'Leave augment out, or give images.',
  );
}
