import { open, stat } from 'node:fs/promises';
import { UserError } from '../protocol/userError';
import { badFile, readError } from './fileErrors';

/** A file of a model as it was when the model was opened. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** One system call reads less than 2 GiB. */
const READ_AT_ONCE = 2 ** 30;

/** Looks at a file without opening it: a pipe, which would block, is refused like a folder. */
export async function examineFile(path: string): Promise<SourceFile> {
  let stats;
  try {
    stats = await stat(path);
  } catch (error) {
    throw readError(error, path);
  }
  if (!stats.isFile()) {
    throw new UserError('not-a-file', `${path} is not a regular file.`, 'Choose a model file.');
  }
  return { path, size: stats.size, modified: stats.mtimeMs };
}

/**
 * Fills `target` with the bytes of `file` from `offset` on. The file is opened for this one read, so
 * that a model of many shards needs no descriptor a shard and none can leak.
 * @throws UserError `file-changed` where the file is no longer the one that was examined
 */
export async function readInto(file: SourceFile, offset: number, target: Uint8Array): Promise<void> {
  try {
    const handle = await open(file.path, 'r');
    try {
      const stats = await handle.stat();
      if (stats.size !== file.size || stats.mtimeMs !== file.modified) {
        throw badFile('file-changed', file.path, 'changed while it was read', 'Start again.');
      }
      for (let filled = 0; filled < target.length;) {
        const length = Math.min(target.length - filled, READ_AT_ONCE);
        const { bytesRead } = await handle.read(target, filled, length, offset + filled);
        if (bytesRead === 0) throw badFile('file-truncated', file.path, 'ends before its data does');
        filled += bytesRead;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(error, file.path);
  }
}

/** Allocates for data that is known to be in the file; a tensor may still be more than memory holds. */
export function allocate(file: SourceFile, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badFile(
      'tensor-too-large',
      file.path,
      `holds a tensor of ${length} bytes, more than can be held in memory`,
      'Open it on a machine with more memory, or split the tensor.',
    );
  }
}

/** Reads a file whole. */
export async function readWhole(file: SourceFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(file, file.size);
  await readInto(file, 0, bytes);
  return bytes;
}
