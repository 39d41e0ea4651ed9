import { readFile, stat } from 'node:fs/promises';
import type { ErrorReport } from '../protocol/userError';
import { numberAt, objectAt, stringAt } from '../protocol/validate';
import { runFiles } from './layout';
import type { ProcessMark } from './process';

/** `launch.json`: the process that was started, or why none could be. */
export type Launch = { readonly process: ProcessMark } | { readonly error: ErrorReport };

/** `worker.json`: the process that took the run, and when it last gave a sign of life. */
export interface Worker {
  readonly process: ProcessMark;
  /** Milliseconds since 1970. */
  readonly beat: number;
}

/** How often the worker touches `worker.json`, milliseconds. */
export const BEAT_INTERVAL = 2000;
/** Without a beat for so long, a worker that cannot be looked at is taken for lost, milliseconds. */
export const BEAT_LIMIT = 60_000;

/** `undefined` where the run was not launched, or the file cannot be read. */
export async function readLaunch(folder: string): Promise<Launch | undefined> {
  try {
    const launch = objectAt(JSON.parse(await readFile(runFiles(folder).launch, 'utf8')), 'launch');
    if (launch['error'] === undefined) return { process: processMarkAt(launch['process'], 'launch.process') };
    const error = objectAt(launch['error'], 'launch.error');
    return {
      error: {
        code: stringAt(error['code'], 'launch.error.code'),
        message: stringAt(error['message'], 'launch.error.message'),
        remedy: stringAt(error['remedy'], 'launch.error.remedy'),
      },
    };
  } catch {
    return undefined;
  }
}

/** `undefined` where no worker took the run, or is writing the file just now. */
export async function readWorker(folder: string): Promise<Worker | undefined> {
  const file = runFiles(folder).worker;
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { process: processMarkAt(JSON.parse(text), 'worker'), beat: mtimeMs };
  } catch {
    return undefined;
  }
}

function processMarkAt(value: unknown, path: string): ProcessMark {
  const mark = objectAt(value, path);
  return {
    pid: numberAt(mark['pid'], `${path}.pid`, { min: 1, integer: true }),
    host: stringAt(mark['host'], `${path}.host`),
    start: stringAt(mark['start'], `${path}.start`),
  };
}
