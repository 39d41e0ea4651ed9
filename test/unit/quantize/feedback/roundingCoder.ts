import type { FeedbackMatrix, RowCoder } from '../../../../src/quantize/method';

/** A coder that rounds to multiples of `step`, and writes nothing to a file. */
export function roundingCoder(step: number): (matrix: FeedbackMatrix) => RowCoder {
  return ({ work, columns }) => ({
    code(index, reconstruction) {
      for (let j = 0; j < columns; j++) {
        reconstruction[j] = step * Math.round(work[index * columns + j]! / step);
      }
    },
    finish: () => ({ packed: { head: new Uint8Array(), chunks: [] }, coding: {} }),
  });
}
