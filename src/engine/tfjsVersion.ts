import { version } from '@tensorflow/tfjs/package.json';

/** The version of TensorFlow.js that this copy of Weightroom was built with, known without loading it. */
export const TFJS_VERSION = version;
