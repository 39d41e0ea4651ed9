import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { arrayAt, booleanAt, numberAt, objectAt, stringAt } from '../../protocol/validate';
import { weightroomHome } from '../home';

/** A file of an installation; libraries of somebody else are links. */
export interface InstalledFile {
  readonly name: string;
  readonly bytes: number;
  /** Hash of the content when it was installed. */
  readonly sha256: string;
}

/**
 * The installed tensorflow engine: a folder beside the manifest, named by it. The manifest is replaced
 * by one rename when a new folder is complete and checked, so there is a whole engine or none.
 */
export interface Installation {
  readonly folder: string;
  /** Version of libtensorflow. */
  readonly version: string;
  readonly gpu: boolean;
  /** Where libtensorflow came from, as a phrase: `the package tensorflow-cpu 2.21.0`. */
  readonly source: string;
  readonly installed: string;
  readonly files: readonly InstalledFile[];
}

export const BINDING_NAME = 'tfjs_binding.node';
/** The libraries as the binding asks for them, and as the official Python wheels name them. */
export const LIBRARY_NAMES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** Where installations of this platform lie; a home may be shared by machines of several kinds. */
export function installationsFolder(): string {
  return path.join(weightroomHome(), 'engines', 'tensorflow', `${process.platform}-${process.arch}`);
}

/**
 * The folder with the binding and the libraries inside an installation. It is one level down, as in
 * the Python wheel, so that a CUDA build finds the `nvidia` folder at the same relative place.
 */
export function librariesFolder(installation: string): string {
  return path.join(installationsFolder(), installation, 'tensorflow');
}

/** Reads the manifest; `undefined` where the engine was never installed or the manifest is unreadable. */
export async function readInstallation(): Promise<Installation | undefined> {
  try {
    return parseManifest(JSON.parse(await readFile(manifestPath(), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Makes a complete folder the installed engine. */
export async function writeInstallation(installation: Installation): Promise<void> {
  const temporary = `${manifestPath()}.${randomUUID()}`;
  await mkdir(installationsFolder(), { recursive: true });
  await writeFile(temporary, `${JSON.stringify(installation, null, 2)}\n`);
  await rename(temporary, manifestPath());
}

/** The first file that is absent or has another size than when it was installed. */
export async function damagedFile(installation: Installation): Promise<InstalledFile | undefined> {
  for (const file of installation.files) {
    try {
      const { size } = await stat(path.join(librariesFolder(installation.folder), file.name));
      if (size !== file.bytes) return file;
    } catch {
      return file;
    }
  }
  return undefined;
}

export function manifestPath(): string {
  return path.join(installationsFolder(), 'manifest.json');
}

function parseManifest(json: unknown): Installation {
  const manifest = objectAt(json, 'manifest');
  return {
    folder: path.basename(stringAt(manifest['folder'], 'folder')),
    version: stringAt(manifest['version'], 'version'),
    gpu: booleanAt(manifest['gpu'], 'gpu'),
    source: stringAt(manifest['source'], 'source'),
    installed: stringAt(manifest['installed'], 'installed'),
    files: arrayAt(manifest['files'], 'files').map((value, i) => parseFile(value, `files[${i}]`)),
  };
}

function parseFile(value: unknown, at: string): InstalledFile {
  const file = objectAt(value, at);
  return {
    name: stringAt(file['name'], `${at}.name`),
    bytes: numberAt(file['bytes'], `${at}.bytes`, { min: 0, integer: true }),
    sha256: stringAt(file['sha256'], `${at}.sha256`),
  };
}
