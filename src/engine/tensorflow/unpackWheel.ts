import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { UserError } from '../../protocol/userError';
import { LIBRARY_NAMES } from './installation';
import type { InstallProgress } from './progress';

/** The C API and what its headers include. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/ctstring', 'xla/tsl/c/'];

/**
 * Unpacks the two libraries and the headers of the C API from a wheel, a zip archive, as a stream; the
 * rest of it is Python.
 * @param folder receives `tensorflow/libtensorflow_cc.so.2`, …, `tensorflow/include/…`
 * @throws UserError `download-corrupt` where the archive is damaged or lacks a library
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  { signal, onProgress }: InstallProgress,
): Promise<void> {
  const missing = new Set(LIBRARY_NAMES.map((name) => `tensorflow/${name}`));
  try {
    const zip = await openPromise(wheel, { lazyEntries: true });
    try {
      for await (const entry of zip.eachEntry()) {
        const library = missing.delete(entry.fileName);
        if (!library && !isHeader(entry.fileName)) continue;
        if (library) onProgress?.({ what: `Unpacking ${path.basename(entry.fileName)}` });
        const target = path.join(folder, entry.fileName);
        await mkdir(path.dirname(target), { recursive: true });
        const content = await zip.openReadStreamPromise(entry);
        await pipeline(content, createWriteStream(target), { ...(signal && { signal }) });
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause;
    throw corrupt(wheel, 'is not a sound zip archive', cause);
  }
  if (missing.size > 0) throw corrupt(wheel, `lacks ${[...missing].join(' and ')}`);
}

function isHeader(name: string): boolean {
  const include = 'tensorflow/include/';
  if (!name.startsWith(include) || name.endsWith('/')) return false;
  return HEADERS.some((prefix) => name.startsWith(include + prefix));
}

function corrupt(wheel: string, fault: string, cause?: unknown): UserError {
  return new UserError(
    'download-corrupt',
    `The wheel ${path.basename(wheel)} ${fault}.`,
    'Try again, or set WEIGHTROOM_LIBTENSORFLOW to a folder that holds libtensorflow.',
    { cause },
  );
}
