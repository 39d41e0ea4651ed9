import { describeBatchesOn } from './batches/batchesContract';
import { describeTrainingOn } from './engineContract';
import { describeNagGsOn } from './nagGsContract';

describeTrainingOn('tensorflow');
describeNagGsOn('tensorflow');
describeBatchesOn('tensorflow');
