import type { QuantizationMethodId } from '../protocol/jobSpec';
import { rtn } from './baselines/rtn';
import { dependent } from './dependent/dependent';
import { kashinAlternating } from './kashin/kashinAlternating';
import { kashinGreedy } from './kashin/kashinGreedy';
import { kashinTruncation } from './kashin/kashinTruncation';
import type { QuantizationMethod } from './method';

const METHODS: Readonly<Record<QuantizationMethodId, QuantizationMethod>> = {
  dependent,
  'kashin-greedy': kashinGreedy,
  'kashin-alternating': kashinAlternating,
  'kashin-truncation': kashinTruncation,
  rtn,
};

/** The method that an identifier names. */
export function quantizationMethod(id: QuantizationMethodId): QuantizationMethod {
  return METHODS[id];
}
