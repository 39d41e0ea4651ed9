import { describeTrainingOn } from './engineContract';

describeTrainingOn('cpu');
