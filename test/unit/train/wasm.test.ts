import { describeTrainingOn } from './engineContract';

describeTrainingOn('wasm');
