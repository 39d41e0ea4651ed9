import type { Bench } from './bench';
import { quantizeBench } from './quantize/quantizeBench';
import { trainBench } from './train/trainBench';

export const BENCHES: readonly Bench[] = [quantizeBench, trainBench];
