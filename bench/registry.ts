import type { Bench } from './bench';
import { chartsBench } from './charts/chartsBench';
import { quantizeBench } from './quantize/quantizeBench';
import { trainBench } from './train/trainBench';

export const BENCHES: readonly Bench[] = [quantizeBench, trainBench, chartsBench];
