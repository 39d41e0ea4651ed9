/** Launches a run and ends, as a window that is closed does: `launcher.js FOLDER WORKER`. */
import { launchRun } from '../../../src/runs/launch';

const [, , folder = '', worker = ''] = process.argv;
void launchRun(folder, { worker }).then(() => process.exit(0));
