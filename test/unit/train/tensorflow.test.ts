import { describeTrainingOn } from './engineContract';

describeTrainingOn('tensorflow');
