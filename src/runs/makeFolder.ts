import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from './fileError';

/**
 * Makes a folder with the parents that it lacks. Node's own `mkdir` with `recursive` tries for ever
 * where a parent exists and the system still answers ENOENT, as it does in /proc.
 * @throws the system's error; `ENOTDIR` where a file has the name
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    const parent = path.dirname(folder);
    if (systemCode(error) !== 'ENOENT' || parent === folder) throw error;
    await makeFolder(parent);
    await makeOne(folder);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    // Also a read-only system or a closed parent matters only where the folder is not there yet.
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory()) return;
    throw found ? Object.assign(new Error(`${folder} is a file`), { code: 'ENOTDIR' }) : error;
  }
}
