import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../protocol/userError';
import type { TensorflowFiles } from './files';
import { LIBRARY_NAMES } from './installation';
import { findProgram, runProgram } from './program';

/** The variable by which a user names a folder with libtensorflow. */
export const LIBTENSORFLOW_VARIABLE = 'WEIGHTROOM_LIBTENSORFLOW';

/** The libraries' names in Python wheels, and in the archives of the C library. */
const NAMES = [LIBRARY_NAMES, ['libtensorflow.so.2', LIBRARY_NAMES[1]]] as const;

/**
 * libtensorflow in the folder that the user named: an installed Python package `tensorflow`, an
 * unpacked C library with `lib` and `include`, or a folder with the two libraries.
 * @throws UserError `libtensorflow-not-found` where the folder has no libtensorflow
 */
export async function userLibraries(): Promise<TensorflowFiles | undefined> {
  const folder = process.env[LIBTENSORFLOW_VARIABLE];
  if (!folder) return undefined;
  const files = await findLibraries(path.resolve(folder), `the folder ${folder}`);
  if (files !== undefined) return files;
  throw new UserError(
    'libtensorflow-not-found',
    `${LIBTENSORFLOW_VARIABLE} names ${folder}, which holds no ${LIBRARY_NAMES[0]}.`,
    `Set it to a folder with ${LIBRARY_NAMES.join(' and ')}, or unset it to let Weightroom fetch them.`,
  );
}

/**
 * libtensorflow of a Python environment that has the package `tensorflow`: the active virtual or conda
 * environment first, then the Python of the PATH. TensorFlow is looked up and not imported, which
 * would take seconds.
 */
export async function pythonLibraries(signal?: AbortSignal): Promise<TensorflowFiles | undefined> {
  const active = [process.env['VIRTUAL_ENV'], process.env['CONDA_PREFIX']].filter((folder) => !!folder);
  for (const name of [...active.map((folder) => path.join(folder!, 'bin', 'python')), 'python3', 'python']) {
    const python = findProgram([name]);
    if (python === undefined) continue;
    const find =
      'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0])';
    const { code, stdout } = await runProgram(python, ['-c', find], { signal });
    if (code !== 0) continue;
    const folder = stdout.trim();
    const files = await findLibraries(folder, `the Python package in ${folder}`);
    if (files !== undefined) return files;
  }
  return undefined;
}

async function findLibraries(folder: string, source: string): Promise<TensorflowFiles | undefined> {
  for (const place of [folder, path.join(folder, 'tensorflow'), path.join(folder, 'lib')]) {
    const libraries = NAMES.find((names) => names.every((name) => existsSync(path.join(place, name))));
    if (libraries === undefined) continue;
    return {
      source,
      folder: await realpath(place),
      libraries,
      headers: headerFolders([path.join(place, 'include'), path.join(folder, 'include')]),
    };
  }
  return undefined;
}

/** The C library's archives keep part of their headers apart, under `external`. */
function headerFolders(candidates: readonly string[]): readonly string[] {
  const include = candidates.find((folder) => existsSync(path.join(folder, 'tensorflow', 'c', 'c_api.h')));
  if (include === undefined) return [];
  const external = ['local_tsl', 'local_xla'].map((name) => path.join(include, 'external', name));
  return [include, ...external.filter((folder) => existsSync(folder))];
}
