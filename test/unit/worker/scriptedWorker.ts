/** The real worker with scripted jobs: bundled by the tests that start it. */
import { runWorker } from '../../../src/worker/worker';
import { bindScriptedJob } from './scriptedJob';

void runWorker(process.argv[2], bindScriptedJob);
