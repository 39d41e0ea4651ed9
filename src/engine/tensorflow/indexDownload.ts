import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../protocol/userError';
import { arrayAt, objectAt, stringAt } from '../../protocol/validate';
import type { InstallProgress } from './progress';
import type { Wheel } from './wheel';

const ANSWER_TIMEOUT_MS = 5000;

/**
 * Fetches a wheel from the Python package index without Python: from the index that `PIP_INDEX_URL`
 * names, else the public one, by its JSON interface (PEP 691).
 * @throws UserError `no-python` where the index does not answer, since pip is then the way to fetch it
 */
export async function downloadFromIndex(
  wheel: Wheel,
  folder: string,
  { signal, onProgress }: InstallProgress,
): Promise<string> {
  const index = (process.env['PIP_INDEX_URL'] ?? 'https://pypi.org/simple').replace(/\/$/, '');
  try {
    const url = await findFile(new URL(`${index}/${wheel.package}/`), wheel, signal);
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok || response.body === null) throw new Error(`${url.host} answers ${response.status}`);
    let done = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        done += chunk.length;
        onProgress?.({ what: `Fetching ${wheel.package} ${wheel.version}`, done, total: wheel.bytes });
        next(null, chunk);
      },
    });
    const target = path.join(folder, wheel.file);
    const body = Readable.fromWeb(response.body);
    await pipeline(body, count, createWriteStream(target), { ...(signal && { signal }) });
    return target;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UserError(
      'no-python',
      `There is no Python with pip on the PATH, and ${wheel.package} could not be fetched from ${index} either.`,
      'Install Python 3 with pip (Debian and Ubuntu: sudo apt install python3-pip), or set WEIGHTROOM_LIBTENSORFLOW to a folder that holds libtensorflow.',
      { cause },
    );
  }
}

async function findFile(page: URL, wheel: Wheel, signal?: AbortSignal): Promise<URL> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const response = await fetch(page, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`${page.host} answers ${response.status}`);
  const files = arrayAt(objectAt(await response.json(), 'index')['files'], 'index.files');
  const file = files.map((value) => objectAt(value, 'file')).find((f) => f['filename'] === wheel.file);
  if (file === undefined) throw new Error(`${page.host} does not have ${wheel.file}`);
  return new URL(stringAt(file['url'], 'file.url'), page);
}
