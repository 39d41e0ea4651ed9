import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../protocol/userError';

/** An official Python wheel of TensorFlow, from which the C library and its headers are taken. */
export interface Wheel {
  readonly package: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** pip's name of the platform. */
  readonly platform: string;
}

/**
 * One wheel a platform, whatever Python is at hand: of its 900 MB only the libraries are used, and they
 * are the same for all. So its hash can stand here, and every user computes with the same library.
 */
const WHEELS: Readonly<Partial<Record<string, Wheel>>> = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    version: '2.21.0',
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
    platform: 'manylinux_2_27_x86_64',
  },
  'linux-arm64': {
    package: 'tensorflow',
    version: '2.21.0',
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    bytes: 281_800_000,
    platform: 'manylinux_2_27_aarch64',
  },
};

/** What the wheel, pip's working copy of it and the unpacked libraries take on disk, at most. */
const SPACE_NEEDED = 1_600_000_000;

/**
 * The wheel for a platform, by default for this machine.
 * @throws UserError `platform-unsupported` elsewhere than on Linux, x64 or arm64
 */
export function wheelFor(platform: string = process.platform, arch: string = process.arch): Wheel {
  const wheel = WHEELS[`${platform}-${arch}`];
  if (wheel !== undefined) return wheel;
  throw new UserError(
    'platform-unsupported',
    `The tensorflow engine runs on Linux (x64 and arm64), and this is ${platform}-${arch}.`,
    'Choose the wasm engine, which trains everything on every system.',
  );
}

/**
 * Compares a fetched wheel with the hash that is known of it.
 * @throws UserError `download-corrupt`
 */
export async function verifyWheel(file: string, wheel: Wheel, signal?: AbortSignal): Promise<void> {
  if ((await sha256Of(file, signal)) === wheel.sha256) return;
  throw new UserError(
    'download-corrupt',
    `The file ${wheel.file} that was fetched is not the one that TensorFlow published: its SHA-256 differs.`,
    'Try again; if a mirror of the package index is configured for pip, have its copy checked.',
  );
}

export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { ...(signal && { signal }) });
  return hash.digest('hex');
}

/**
 * @param bytes the space that will be needed in `folder`
 * @throws UserError `disk-full` where less is free
 */
export async function requireSpace(folder: string, bytes = SPACE_NEEDED): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw diskFull(folder, bytes);
}

export function diskFull(folder: string, bytes = SPACE_NEEDED): UserError {
  return new UserError(
    'disk-full',
    `Installing the tensorflow engine takes ${(bytes / 1e9).toFixed(1)} GB in ${folder}, and there is less.`,
    'Free some space, or set WEIGHTROOM_HOME to a folder on another disk.',
  );
}

/** Bytes of all files below a folder that grows: how far a download is. */
export async function folderSize(folder: string): Promise<number> {
  let total = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found?.isFile()) total += found.size;
  }
  return total;
}
