import { createInvolution } from '../../math/involution';
import { joinBytes } from '../fieldReader';
import { chunksOfGroups, consecutive } from '../groups';
import type { FeedbackMatrix, RowCoder, RowOptions } from '../method';
import { packCodes } from '../packing';
import { Codebook } from './codebook';
import { fitLeastSquares } from './encodeScaledLevels';
import { equalGroups } from './groupRows';
import { lloydMaxHead } from './lloydMax';
import { readLloydMaxHead } from './lloydMaxDecoder';
import { largestMagnitude } from './magnitude';
import { storeScale } from './storedScale';

/**
 * Codes rows for `openRotatedLloydMax`. A row is rotated over the outputs, which error feedback along the
 * inputs does not see.
 */
export function startRotatedRows(
  { rows, columns, work }: FeedbackMatrix,
  { bits, groupSize, seed }: RowOptions,
): RowCoder {
  const unit = largestMagnitude(work);
  const head = lloydMaxHead(unit, bits);
  const size = equalGroups(columns, groupSize);
  const coding = { bits, groupSize: size, seed };
  const { levels } = readLloydMaxHead(coding, head);
  const codebook = new Codebook(levels);
  const involution = createInvolution(columns, seed);
  const scales: Uint8Array[] = [];
  const codes = new Uint8Array(rows * columns);
  const rotated = new Float32Array(columns);
  return {
    code(index, reconstruction) {
      const begin = index * columns;
      for (let j = 0; j < columns; j++) rotated[j] = unit > 0 ? work[begin + j]! / unit : 0;
      involution.apply(rotated);
      for (const { start, end } of consecutive(0, columns, size)) {
        const { bytes, scale } = storeScale(fitLeastSquares(rotated.subarray(start, end), codebook), 1);
        scales.push(bytes);
        for (let j = start; j < end; j++) {
          const code = codebook.nearest(scale > 0 ? rotated[j]! / scale : 0);
          codes[begin + j] = code;
          reconstruction[j] = scale * levels[code]!;
        }
      }
      involution.apply(reconstruction);
      for (let j = 0; j < columns; j++) reconstruction[j] = unit * reconstruction[j]!;
    },
    finish: () => ({
      packed: {
        head,
        chunks: chunksOfGroups(codes.length, columns).map(({ start, end }) =>
          joinBytes(...scales.slice(start / size, end / size), packCodes(codes.subarray(start, end), bits)),
        ),
      },
      coding,
    }),
  };
}
