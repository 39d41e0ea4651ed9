import { describeBatchesOn } from './batches/batchesContract';
import { describeTrainingOn } from './engineContract';
import { describeNagGsOn } from './nagGsContract';

describeTrainingOn('wasm');
describeNagGsOn('wasm');
describeBatchesOn('wasm');
