import type { QuantizationMethodId } from '../protocol/jobSpec';
import { kmeans } from './baselines/kmeans';
import { lloydMax } from './baselines/lloydMax';
import { nf4 } from './baselines/nf4';
import { rotatedLloydMax } from './baselines/rotatedLloydMax';
import { rtn } from './baselines/rtn';
import { dependent } from './dependent/dependent';
import { kashinAlternating } from './kashin/kashinAlternating';
import { kashinGreedy } from './kashin/kashinGreedy';
import { kashinTruncation } from './kashin/kashinTruncation';
import { kashinSearch } from './kashin/search/kashinSearch';
import type { QuantizationMethod } from './method';
import { trellis } from './trellis/trellis';

const METHODS: Readonly<Record<QuantizationMethodId, QuantizationMethod>> = {
  dependent,
  'kashin-greedy': kashinGreedy,
  'kashin-alternating': kashinAlternating,
  'kashin-truncation': kashinTruncation,
  'kashin-search': kashinSearch,
  kmeans,
  'lloyd-max': lloydMax,
  nf4,
  'rotated-lloyd-max': rotatedLloydMax,
  rtn,
  trellis,
};

/** The method that an identifier names. */
export function quantizationMethod(id: QuantizationMethodId): QuantizationMethod {
  return METHODS[id];
}
