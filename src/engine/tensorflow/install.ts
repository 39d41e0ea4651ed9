import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EngineStatus } from '../../protocol/engine';
import { UserError } from '../../protocol/userError';
import { makeFolder } from '../../runs/makeFolder';
import { placeBinding, prebuiltBinding, requireBindingTools } from './binding';
import { checkBinding } from './check';
import { tensorflowEngine } from './engine';
import { fetchTensorflow } from './fetch';
import type { TensorflowFiles } from './files';
import {
  BINDING_NAME,
  installationsFolder,
  librariesFolder,
  LIBRARY_NAMES,
  readInstallation,
  writeInstallation,
  type InstalledFile,
} from './installation';
import { ownFolderName, sweepLeftovers } from './leftovers';
import { pythonLibraries, userLibraries } from './localLibraries';
import type { InstallProgress } from './progress';
import { diskFull, sha256Of, wheelFor } from './wheel';

/**
 * Installs the tensorflow engine for this user: finds libtensorflow or fetches it, puts the binding
 * beside it, trains one step with both in a process of its own, and makes the result the installed
 * engine by one rename. libtensorflow is taken from the folder that `WEIGHTROOM_LIBTENSORFLOW` names,
 * else from a Python environment that has TensorFlow, else from its official Python wheel.
 *
 * On failure or abort nothing of it is left behind, and an engine that was installed stays as it was.
 * @returns the engine's status, usable
 * @throws UserError with the remedy; the signal's reason where it was aborted
 */
export async function installTensorflow(options: InstallProgress = {}): Promise<EngineStatus> {
  options.signal?.throwIfAborted();
  wheelFor();
  requireBindingTools();
  const name = ownFolderName();
  const folder = path.join(installationsFolder(), name);
  try {
    await makeFolder(folder);
  } catch (error) {
    // A parent in which the system lets nobody make anything is as good as a closed one.
    throw explain(error, folder, [...CLOSED, 'ENOENT']);
  }
  try {
    await sweepLeftovers();
    await installInto(name, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw explain(error, folder);
  }
  return await tensorflowEngine.probe();
}

async function installInto(name: string, options: InstallProgress): Promise<void> {
  const { source, checked } = await assemble(name, options);
  options.onProgress?.({ what: 'Recording what was put in place' });
  const files = await describeFiles(librariesFolder(name), options.signal);
  const previous = await readInstallation();
  await writeInstallation({ folder: name, ...checked, source, installed: new Date().toISOString(), files });
  if (previous !== undefined) {
    await rm(path.join(installationsFolder(), previous.folder), { recursive: true, force: true });
  }
}

/** Tries what lies on this machine, then what can be fetched; a library that does not work is no source. */
async function assemble(name: string, options: InstallProgress) {
  const folder = path.join(installationsFolder(), name);
  const named = await userLibraries();
  if (named !== undefined) return await put(name, named, options);
  const found = await pythonLibraries(options.signal);
  if (found !== undefined) {
    try {
      return await put(name, found, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      options.onProgress?.({ what: `${found.source} does not serve: ${error.message}` });
      await rm(folder, { recursive: true, force: true });
    }
  }
  return await put(name, await fetchTensorflow(folder, options), options);
}

/** Puts the binding and, unless they are there already, the libraries together, and trains a step. */
async function put(name: string, files: TensorflowFiles, { signal, onProgress }: InstallProgress) {
  const target = librariesFolder(name);
  if (files.headers.length === 0 && !existsSync(prebuiltBinding())) {
    throw new UserError(
      'no-headers',
      `${files.source} has libtensorflow without the headers that the binding is compiled with.`,
      'Use a folder that also has include/tensorflow/c, such as an installed Python package tensorflow.',
    );
  }
  if (files.folder !== target) await linkLibraries(files, target);
  onProgress?.({ what: 'Building the binding' });
  const binding = path.join(target, BINDING_NAME);
  const libraries = files.libraries.map((library) => path.join(target, library));
  await placeBinding({ headers: files.headers, libraries, output: binding, signal });
  onProgress?.({ what: 'Training one step' });
  return { source: files.source, checked: await checkBinding(binding, signal) };
}

/**
 * Links libraries that belong to somebody else, and the folder in which a CUDA build looks for
 * NVIDIA's: relative to the path by which it was opened, so to the link.
 */
async function linkLibraries(files: TensorflowFiles, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const [i, expected] of LIBRARY_NAMES.entries()) {
    const library = files.libraries[i]!;
    await symlink(path.join(files.folder, library), path.join(target, library));
    if (library !== expected) await symlink(library, path.join(target, expected));
  }
  const nvidia = path.resolve(files.folder, '..', 'nvidia');
  if (existsSync(nvidia)) await symlink(nvidia, path.resolve(target, '..', 'nvidia'));
}

async function describeFiles(folder: string, signal?: AbortSignal): Promise<readonly InstalledFile[]> {
  const files: InstalledFile[] = [];
  for (const name of [BINDING_NAME, ...LIBRARY_NAMES]) {
    const file = path.join(folder, name);
    const { size } = await stat(file);
    files.push({ name, bytes: size, sha256: await sha256Of(file, signal) });
  }
  return files;
}

const CLOSED: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'];

/** Faults of the disk in a user's terms; other errors as they are. */
function explain(error: unknown, folder: string, closed = CLOSED): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return diskFull(folder);
  if (!closed.includes(code)) return error;
  return new UserError(
    'home-not-writable',
    `${folder} cannot be written.`,
    'Set WEIGHTROOM_HOME to a folder that you can write.',
    { cause: error },
  );
}
