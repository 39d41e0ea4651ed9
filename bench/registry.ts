import type { Bench } from './bench';
import { quantizeBench } from './quantize/quantizeBench';

export const BENCHES: readonly Bench[] = [quantizeBench];
