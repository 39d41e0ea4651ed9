// Python with NumPy, for the tests of the reader in readers/. It lies in the cache: nothing of the machine changes,
// and a virtual environment, which Debian has only as a package of its own, is not needed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cache } from './paths.mjs';
import { runTool, SetupError, step } from './steps.mjs';

/** Has wheels for Python 3.11 to 3.14. */
const NUMPY = '2.3.5';

/**
 * Makes NumPy usable; the second time it costs the start of a Python.
 * @returns {Promise<{ program: string, env: NodeJS.ProcessEnv }>} a Python, and the environment in which it finds NumPy
 * @throws {SetupError} with what to do
 */
export async function installNumpy() {
  const { program, version } = findPython();
  const folder = path.join(cache, `numpy-${NUMPY}-${version}`);
  if (!existsSync(folder)) {
    await step(`NumPy ${NUMPY}, from PyPI`, () => install(program, folder));
  }
  return { program, env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' } };
}

/** A Python with pip, and the name of its version: `cpython-311`. */
function findPython() {
  for (const program of ['python3', 'python']) {
    const { status, stdout } = spawnSync(
      program,
      ['-c', 'import pip, sys; print(sys.implementation.cache_tag)'],
      { encoding: 'utf8' },
    );
    if (status === 0) return { program, version: stdout.trim() };
  }
  throw new SetupError(
    'The reader of native files in Python is tested with Python 3 and pip, which were not found.',
    'Install them (Debian: sudo apt-get install python3 python3-pip).',
  );
}

/** Installs under another name first: a folder of the right name is complete. */
async function install(program, folder) {
  const partial = `${folder}.${process.pid}`;
  const pip = [program, '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input'];
  try {
    await runTool('numpy', [...pip, '--only-binary', ':all:', '--target', partial, `numpy==${NUMPY}`], {
      remedy: 'Check that PyPI can be reached and that Python is 3.11 or later, and run this again.',
    });
    if (!existsSync(folder)) await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
