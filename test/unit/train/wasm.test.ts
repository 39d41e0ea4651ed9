import { describeTrainingOn } from './engineContract';
import { describeNagGsOn } from './nagGsContract';

describeTrainingOn('wasm');
describeNagGsOn('wasm');
