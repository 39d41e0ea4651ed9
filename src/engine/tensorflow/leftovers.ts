import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { installationsFolder, manifestPath, readInstallation } from './installation';

const DAY_MS = 86_400_000;

/** A name for a new installation's folder that says which process on which machine makes it. */
export function ownFolderName(): string {
  return `${machineName()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/**
 * Removes what killed installations left: every folder that the manifest does not name and no living
 * process owns. Those of other machines, with which a home may be shared, count as alive for a day.
 */
export async function sweepLeftovers(): Promise<void> {
  const folder = installationsFolder();
  const installed = (await readInstallation())?.folder;
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === installed || name === path.basename(manifestPath())) continue;
    const leftover = path.join(folder, name);
    if (!(await isOwned(leftover))) await rm(leftover, { recursive: true, force: true });
  }
}

async function isOwned(leftover: string): Promise<boolean> {
  const [, machine, pid] = /^(.*)-(\d+)-[0-9a-f]{8}$/.exec(path.basename(leftover)) ?? [];
  if (machine === machineName()) return isAlive(Number(pid));
  const age = Date.now() - (await stat(leftover).then((found) => found.mtimeMs)).valueOf();
  return age < DAY_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function machineName(): string {
  return os.hostname().replace(/[^A-Za-z0-9.]/g, '_');
}
