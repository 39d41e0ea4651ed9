import { open } from 'node:fs/promises';
import { runFiles } from './layout';

const LINES = 20;
const BYTES = 8192;

/** What TensorFlow prints whenever it is loaded, whatever its log level. */
const BANNER = /^WARNING: All log messages before absl::|^I0000 .*oneDNN custom operations are on/;

/** The last 20 lines of a run's log that tell something, at most 8 kB; empty where there is none. */
export async function readLogTail(folder: string): Promise<readonly string[]> {
  try {
    const handle = await open(runFiles(folder).log, 'r');
    try {
      const { size } = await handle.stat();
      const tail = Buffer.alloc(Math.min(size, BYTES));
      await handle.read(tail, 0, tail.length, size - tail.length);
      const lines = tail.toString('utf8').split(/\r?\n/);
      return lines.filter((line) => line.trim() !== '' && !BANNER.test(line)).slice(-LINES);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}
