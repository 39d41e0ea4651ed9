import type { Bench } from './bench';
import { encoderBench } from './encoder/encoderBench';
import { quantizeBench } from './quantize/quantizeBench';

export const BENCHES: readonly Bench[] = [quantizeBench, encoderBench];
