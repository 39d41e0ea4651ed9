import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TensorflowFiles } from './files';
import { downloadFromIndex } from './indexDownload';
import { LIBRARY_NAMES } from './installation';
import { downloadByPip, pythonWithPip } from './pipDownload';
import type { InstallProgress } from './progress';
import { unpackWheel } from './unpackWheel';
import { requireSpace, verifyWheel, wheelFor } from './wheel';

/**
 * Fetches libtensorflow and the headers of its C API into a folder, from the official Python wheel:
 * by pip, or from the package index where there is no pip. The wheel's hash is checked.
 * @param folder receives `tensorflow/` with the libraries and `include/`; the wheel itself is removed
 * @throws UserError `no-python`, `download-failed`, `download-corrupt` or `disk-full`
 */
export async function fetchTensorflow(folder: string, options: InstallProgress): Promise<TensorflowFiles> {
  const wheel = wheelFor();
  const download = path.join(folder, 'download');
  await mkdir(download, { recursive: true });
  await requireSpace(folder);
  const python = await pythonWithPip(options.signal);
  const file =
    python === undefined
      ? await downloadFromIndex(wheel, download, options)
      : await downloadByPip(python, wheel, download, options);
  options.onProgress?.({ what: `Checking ${wheel.file}` });
  await verifyWheel(file, wheel, options.signal);
  await unpackWheel(file, folder, options);
  await rm(download, { recursive: true, force: true });
  const unpacked = path.join(folder, 'tensorflow');
  return {
    source: `the package ${wheel.package} ${wheel.version}`,
    folder: unpacked,
    libraries: LIBRARY_NAMES,
    headers: [path.join(unpacked, 'include')],
  };
}
