import { open } from 'node:fs/promises';
import { runFiles } from './layout';

const LINES = 20;
const BYTES = 8192;

/** The last 20 lines of a run's log, at most 8 kB; empty where there is none. */
export async function readLogTail(folder: string): Promise<readonly string[]> {
  try {
    const handle = await open(runFiles(folder).log, 'r');
    try {
      const { size } = await handle.stat();
      const tail = Buffer.alloc(Math.min(size, BYTES));
      await handle.read(tail, 0, tail.length, size - tail.length);
      const lines = tail.toString('utf8').split(/\r?\n/);
      return lines.filter((line) => line.trim() !== '').slice(-LINES);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}
