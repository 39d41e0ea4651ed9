import type { QuantizationMethodId } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import { openKmeans } from './baselines/kmeansDecoder';
import { openLloydMax } from './baselines/lloydMaxDecoder';
import { openNf4 } from './baselines/nf4Decoder';
import { openRotatedLloydMax } from './baselines/rotatedLloydMaxDecoder';
import { openRtn } from './baselines/rtnDecoder';
import type { OpenDecoder } from './decoder';
import { openDependent } from './dependent/decode';
import { openKashin } from './kashin/kashinDecoder';
import { openKashinSearch } from './kashin/search/frameDecoder';
import { openTrellis } from './trellis/trellisDecoder';

const DECODERS: Readonly<Record<QuantizationMethodId, OpenDecoder>> = {
  dependent: openDependent,
  'kashin-greedy': openKashin,
  'kashin-alternating': openKashin,
  'kashin-truncation': openKashin,
  'kashin-search': openKashinSearch,
  kmeans: openKmeans,
  'lloyd-max': openLloydMax,
  nf4: openNf4,
  'rotated-lloyd-max': openRotatedLloydMax,
  rtn: openRtn,
  trellis: openTrellis,
};

/**
 * The decoder of a method, by the name that a native file gives.
 * @throws UserError `native-method` where this version does not know it
 */
export function decoderOf(method: string): OpenDecoder {
  if (Object.hasOwn(DECODERS, method)) return DECODERS[method as QuantizationMethodId];
  throw new UserError(
    'native-method',
    `The model was quantized by a method that this version does not know: ${method.slice(0, 60)}.`,
    'Update Weightroom.',
  );
}
