import type { QuantizationMethodId } from '../protocol/jobSpec';
import { kashinGreedy } from './kashin/kashinGreedy';
import type { QuantizationMethod } from './partsMethod';
import { rtn } from './rtn';

/** The method that an identifier names. */
export function quantizationMethod(id: QuantizationMethodId): QuantizationMethod {
  switch (id) {
    case 'kashin-greedy':
      return kashinGreedy;
    case 'rtn':
      return rtn;
  }
}
