/**
 * A process that can be told from a later one with the same number: by the host and by the time at
 * which it started.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** Start of the process as its system tells it, compared as a text; empty where it does not tell. */
  readonly start: string;
}

/** Marks a living process of this host; `undefined` where there is none with this number. */
export async function markProcess(pid: number): Promise<ProcessMark | undefined> {
  const start = await processStart(pid);
  return start === undefined ? undefined : { pid, host: hostname(), start };
}

/** Whether the marked process, one of this host, still runs. A zombie does not. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
  return (await processStart(mark.pid)) === mark.start;
}

export function isOfThisHost(mark: ProcessMark): boolean {
  return mark.host === hostname();
}

/** Kills the process and the group that it leads; a detached worker leads its own. */
export async function killGroup(pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await promisify(execFile)('taskkill', ['/pid', String(pid), '/T', '/F']).catch(() => undefined);
    return;
  }
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
      return;
    } catch {
      // No such group, or it is gone already.
    }
  }
}

async function processStart(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return signalReaches(pid) ? '' : undefined;
  return psStart(pid);
}

async function linuxStart(pid: number): Promise<string | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field, the name in brackets, may hold anything; the state is the third, the start
  // in clock ticks since boot the twenty-second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

async function psStart(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state = 'Z', ...start] = stdout.trim().split(/\s+/);
    return state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
