import { existsSync } from 'node:fs';
import path from 'node:path';

/** The nearest folder, from `start` upwards, that has a `.weightroom`; `start` itself where there is none. */
export function findWorkspace(start: string): string {
  const from = path.resolve(start);
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.weightroom'))) return folder;
    if (folder === path.dirname(folder)) return from;
  }
}
