import { outputsInside, type Convolution } from './convolution';

/** Floats of the column matrix that is made at a time: 16 MB, so that a large batch fits the heap. */
const CHUNK_FLOATS = 4_194_304;

/** Weights of one output channel: height × width × input channels of the filter. */
export function patchSize({ filterHeight, filterWidth, inChannels }: Convolution): number {
  return filterHeight * filterWidth * inChannels;
}

/** How many images are unrolled together. */
export function imagesPerChunk(convolution: Convolution): number {
  const perImage = patchSize(convolution) * convolution.outHeight * convolution.outWidth;
  return Math.max(1, Math.min(convolution.batchSize, Math.floor(CHUNK_FLOATS / perImage)));
}

/**
 * Unrolls images into columns (im2col): entry [k, p] is what weight k of the filter meets at output
 * position p, 0 on the padding.
 * @param x the batch, [images, height, width, channels]
 * @param columns receives [patch size, images · output height · output width]
 */
export function unrollImages(
  x: Float32Array,
  convolution: Convolution,
  first: number,
  images: number,
  columns: Float32Array,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth } = convolution;
  const positions = images * outHeight * outWidth;
  columns.fill(0);
  forEachTap(convolution, (weight, rows, columnsInside, top, left) => {
    for (let n = 0; n < images; n++) {
      for (let row = rows.start; row < rows.end; row++) {
        const from = (((first + n) * inHeight + row * strideHeight + top) * inWidth + left) * inChannels;
        const to = weight * positions + (n * outHeight + row) * outWidth;
        for (let channel = 0; channel < inChannels; channel++) {
          for (let column = columnsInside.start; column < columnsInside.end; column++) {
            columns[to + channel * positions + column] =
              x[from + column * strideWidth * inChannels + channel]!;
          }
        }
      }
    }
  });
}

/**
 * Adds patches back to the images that they were cut from, the transpose of unrolling (col2im).
 * @param patches [images · output height · output width, patch size]
 * @param x the batch to add to, [images, height, width, channels]
 */
export function addPatches(
  patches: Float32Array,
  convolution: Convolution,
  first: number,
  images: number,
  x: Float32Array,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth } = convolution;
  const size = patchSize(convolution);
  forEachTap(convolution, (weight, rows, columnsInside, top, left) => {
    for (let n = 0; n < images; n++) {
      for (let row = rows.start; row < rows.end; row++) {
        const toRow = (((first + n) * inHeight + row * strideHeight + top) * inWidth + left) * inChannels;
        const fromRow = (n * outHeight + row) * outWidth;
        for (let column = columnsInside.start; column < columnsInside.end; column++) {
          const to = toRow + column * strideWidth * inChannels;
          const from = (fromRow + column) * size + weight;
          for (let channel = 0; channel < inChannels; channel++) {
            x[to + channel] = x[to + channel]! + patches[from + channel]!;
          }
        }
      }
    }
  });
}

type Range = ReturnType<typeof outputsInside>;

/**
 * Visits every tap of a filter: the number of its first weight, the output rows and columns at which it
 * lies on the image, and where it lies for the output position 0, relative to the image's corner.
 */
export function forEachTap(
  { filterHeight, filterWidth, inChannels, padInfo, ...size }: Convolution,
  visit: (weight: number, rows: Range, columns: Range, top: number, left: number) => void,
): void {
  for (let i = 0; i < filterHeight; i++) {
    const top = i - padInfo.top;
    const rows = outputsInside(size.inHeight, size.outHeight, size.strideHeight, top);
    for (let j = 0; j < filterWidth; j++) {
      const left = j - padInfo.left;
      const columns = outputsInside(size.inWidth, size.outWidth, size.strideWidth, left);
      visit((i * filterWidth + j) * inChannels, rows, columns, top, left);
    }
  }
}
