import { readFileSync, utimesSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { UserError } from '../protocol/userError';
import { systemCode, writeError } from '../runs/fileError';
import { runFiles } from '../runs/layout';
import { BEAT_INTERVAL } from '../runs/mark';
import { markProcess } from '../runs/process';

/**
 * Makes this process the one that executes the run, and gives a sign of life every two seconds.
 * Returns a function that stops them.
 * @throws UserError `run-taken` where another process took the run, also one that is gone
 */
export async function claimRun(folder: string): Promise<() => void> {
  const file = runFiles(folder).worker;
  const mark = await markProcess(process.pid);
  try {
    await writeFile(file, `${JSON.stringify(mark)}\n`, { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw writeError(error, file);
    throw new UserError(
      'run-taken',
      `A process has taken this run already: ${readFileSync(file, 'utf8').trim()}.`,
      'Start a new run with the same spec.',
    );
  }
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // The folder was removed under us; the journal's next line will say so.
    }
  }, BEAT_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
