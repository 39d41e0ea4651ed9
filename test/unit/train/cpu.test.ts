import { describeBatchesOn } from './batches/batchesContract';
import { describeTrainingOn } from './engineContract';
import { describeNagGsOn } from './nagGsContract';

describeTrainingOn('cpu');
describeNagGsOn('cpu');
describeBatchesOn('cpu');
