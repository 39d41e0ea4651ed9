import { stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The folder `relative` in `start` or in the nearest of its parents that has it; `undefined` where
 * none has. This is how Node finds `node_modules`.
 */
export async function nearestFolder(start: string, relative: string): Promise<string | undefined> {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, relative);
    if (await isFolder(candidate)) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

export async function isFolder(candidate: string): Promise<boolean> {
  try {
    return (await stat(candidate)).isDirectory();
  } catch {
    return false;
  }
}
