import type { JsonObject } from '../../protocol/validate';
import { joinBytes } from '../fieldReader';
import { chunksOfGroups } from '../groups';
import type { FeedbackMatrix, RowCoder } from '../method';
import { packCodes } from '../packing';
import { Codebook } from './codebook';
import type { FitScale } from './encodeScaledLevels';
import { startGroupRows } from './groupRows';
import type { ScaledLevels } from './scaledLevels';
import { storeScale } from './storedScale';

export interface ScaledCode extends ScaledLevels {
  /** Scales are stored in units of it. */
  readonly unit: number;
  readonly head: Uint8Array;
  readonly fitScale: FitScale;
  readonly codingOf: (groupSize: number) => JsonObject;
}

/** Codes rows for `decodeScaledLevels`: groups along the inputs, each with its scale. */
export function startScaledRows(
  matrix: FeedbackMatrix,
  { levels, bits, groupSize, unit, head, fitScale, codingOf }: ScaledCode,
): RowCoder {
  const codebook = new Codebook(levels);
  return startGroupRows(matrix, groupSize, {
    fit(group) {
      const { bytes, scale } = storeScale(fitScale(group, codebook), unit);
      return { levels: levels.map((level) => scale * level), stored: bytes };
    },
    pack(scales, codes, size) {
      const chunks = chunksOfGroups(codes.length, size).map(({ start, end }) =>
        joinBytes(
          ...scales.slice(start / size, Math.ceil(end / size)),
          packCodes(codes.subarray(start, end), bits),
        ),
      );
      return { head, chunks };
    },
    coding: codingOf,
  });
}
