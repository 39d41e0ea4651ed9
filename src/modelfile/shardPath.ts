import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/userError';
import { badFile } from './fileErrors';
import { quoted } from './jsonReader';
import { examineFile, type SourceFile } from './sourceFile';

/**
 * Finds a file that an index or a manifest names. The name comes from a stranger: it must be a plain
 * relative path within the index's folder, and must not lead out of it by a link. The one way out that
 * is allowed is the index's own: in the hub's cache every file is a link into one common folder.
 * @throws UserError `path-traversal`, `shard-missing`
 */
export async function resolveShard(index: string, name: string): Promise<SourceFile> {
  if (!isPlainRelative(name)) {
    throw badFile('path-traversal', index, `names ${quoted(name)}, which is not a plain name in its folder`);
  }
  const folder = path.dirname(index);
  let shard: SourceFile;
  try {
    shard = await examineFile(path.join(folder, name));
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'file-not-found') throw error;
    throw badFile(
      'shard-missing',
      index,
      `names ${quoted(name)}, which is not there`,
      'Put all files of the model into one folder.',
      { cause: error },
    );
  }
  const target = await realpath(shard.path);
  const homes = [await realpath(folder), path.dirname(await realpath(index))];
  if (!homes.some((home) => target.startsWith(home.endsWith(path.sep) ? home : home + path.sep))) {
    throw badFile('path-traversal', index, `names ${quoted(name)}, a link that leads out of its folder`);
  }
  return shard;
}

function isPlainRelative(name: string): boolean {
  if (/[\\\0]|^[a-zA-Z]:/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
