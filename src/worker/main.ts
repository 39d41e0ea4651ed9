import { bindJob } from '../jobs/registry';
import { runWorker } from './worker';

void runWorker(process.argv[2], bindJob);
