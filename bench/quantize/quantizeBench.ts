import type { Bench } from '../bench';
import { dependentFile } from './dependentFile';
import { dependentQuality } from './dependentQuality';
import { dependentSpeed } from './dependentSpeed';
import { fixedRateQuality } from './fixedRateQuality';
import { fixedRateSpeed } from './fixedRateSpeed';

/** A part for each method, or for each of its sides. */
export const quantizeBench: Bench = {
  name: 'quantize',
  what: 'error, bits and speed of the ways to quantize weights',
  sources: { dependentQuality, dependentSpeed, dependentFile, fixedRateQuality, fixedRateSpeed },
};
