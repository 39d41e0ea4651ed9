import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EngineStatus } from '../../protocol/engine';
import { UserError } from '../../protocol/userError';
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
import { diskFull, sha256Of, wheelOfThisPlatform } from './wheel';

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
  wheelOfThisPlatform();
  requireBindingTools();
  const name = ownFolderName();
  const folder = path.join(installationsFolder(), name);
  try {
    await sweepLeftovers();
    await mkdir(folder, { recursive: true });
    await installInto(name, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw explain(error, folder);
  }
  return await tensorflowEngine.probe();
}

async function installInto(name: string, options: InstallProgress): Promise<void> {
  const previous = await readInstallation();
  const { source, checked } = await assemble(name, options);
  options.onProgress?.({ what: 'Checking what was put in place' });
  const files = await describeFiles(librariesFolder(name), options.signal);
  const installed = new Date().toISOString();
  await writeInstallation({ folder: name, ...checked, source, installed, files });
  if (previous !== undefined) {
    await rm(path.join(installationsFolder(), previous.folder), { recursive: true, force: true });
  }
}

/** Tries what lies on this machine, then what can be fetched; a library that does not work is no source. */
async function assemble(name: string, options: InstallProgress) {
  const { signal } = options;
  const named = await userLibraries();
  if (named !== undefined) return await put(name, named, options);
  const found = await pythonLibraries(signal);
  if (found !== undefined) {
    try {
      return await put(name, found, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      options.onProgress?.({ what: `${found.source} does not serve: ${error.message}` });
      await rm(path.join(installationsFolder(), name), { recursive: true, force: true });
    }
  }
  const fetched = path.join(installationsFolder(), name, 'fetched');
  const files = await fetchTensorflow(fetched, options);
  const result = await put(name, files, options);
  await rm(fetched, { recursive: true, force: true });
  return result;
}

/** Puts the libraries and the binding into the folder `name`, and trains a step with them. */
async function put(name: string, files: TensorflowFiles, { signal, onProgress }: InstallProgress) {
  const target = librariesFolder(name);
  await mkdir(target, { recursive: true });
  await placeLibraries(files, target);
  if (files.headers.length === 0 && !existsSync(prebuiltBinding())) {
    throw new UserError(
      'no-headers',
      `${files.source} has libtensorflow without the headers that the binding is compiled with.`,
      'Use a folder that also has include/tensorflow/c, such as an installed Python package tensorflow.',
    );
  }
  onProgress?.({ what: 'Building the binding' });
  const binding = path.join(target, BINDING_NAME);
  const libraries = files.libraries.map((library) => path.join(target, library));
  await placeBinding({ headers: files.headers, libraries, output: binding, signal });
  onProgress?.({ what: 'Training one step' });
  return { source: files.source, checked: await checkBinding(binding, signal) };
}

/**
 * Libraries that were fetched are moved; those of somebody else stay where they are and are linked,
 * together with the folder in which a CUDA build looks for NVIDIA's, relative to where it was opened.
 */
async function placeLibraries(files: TensorflowFiles, target: string): Promise<void> {
  for (const [i, library] of files.libraries.entries()) {
    const from = path.join(files.folder, library);
    const to = path.join(target, library);
    if (files.inPlace) await symlink(from, to);
    else await rename(from, to);
    const expected = LIBRARY_NAMES[i]!;
    if (library !== expected) await symlink(library, path.join(target, expected));
  }
  const nvidia = path.resolve(files.folder, '..', 'nvidia');
  if (files.inPlace && existsSync(nvidia)) await symlink(nvidia, path.resolve(target, '..', 'nvidia'));
}

async function describeFiles(folder: string, signal?: AbortSignal): Promise<readonly InstalledFile[]> {
  const files: InstalledFile[] = [];
  for (const name of [BINDING_NAME, ...LIBRARY_NAMES]) {
    const file = path.join(folder, name);
    const [{ size }, sha256] = [await stat(file), await sha256Of(file, signal)];
    files.push({ name, bytes: size, sha256 });
  }
  return files;
}

/** Faults of the disk in a user's terms; other errors as they are. */
function explain(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return diskFull(folder);
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS' && code !== 'ENOTDIR') return error;
  return new UserError(
    'home-not-writable',
    `${folder} cannot be written.`,
    'Set WEIGHTROOM_HOME to a folder that you can write.',
    { cause: error },
  );
}
