import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../protocol/userError';
import { findProgram, lastLine, runProgram } from './program';
import type { InstallProgress } from './progress';
import { folderSize, type Wheel } from './wheel';

/** A Python interpreter on the PATH that has pip, or `undefined`. */
export async function pythonWithPip(signal?: AbortSignal): Promise<string | undefined> {
  for (const name of ['python3', 'python']) {
    const python = findProgram([name]);
    if (python === undefined) continue;
    const { code } = await runProgram(python, ['-m', 'pip', '--version'], { signal });
    if (code === 0) return python;
  }
  return undefined;
}

/**
 * Fetches a wheel by pip, which honours the user's index, mirrors, proxies and certificates. pip's own
 * temporary files are kept inside `folder`: their growth is the progress, and they go when it goes.
 * @throws UserError `download-failed`
 */
export async function downloadByPip(
  python: string,
  wheel: Wheel,
  folder: string,
  { signal, onProgress }: InstallProgress,
): Promise<string> {
  const temporary = path.join(folder, 'pip');
  await mkdir(temporary, { recursive: true });
  const report = async () => {
    const done = Math.min(await folderSize(folder), wheel.bytes);
    onProgress?.({ what: `Fetching ${wheel.package} ${wheel.version}`, done, total: wheel.bytes });
  };
  await report();
  const timer = setInterval(() => void report(), 300);
  try {
    const { code, stderr } = await runProgram(python, pipArguments(wheel, folder), {
      signal,
      env: { ...process.env, TMPDIR: temporary },
    });
    if (code === 0) return path.join(folder, wheel.file);
    throw failure(wheel, stderr);
  } finally {
    clearInterval(timer);
  }
}

function pipArguments(wheel: Wheel, folder: string): readonly string[] {
  const python = ['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311'];
  return [
    ...['-m', 'pip', 'download', '--no-input', '--progress-bar', 'off', '--disable-pip-version-check'],
    ...['--no-deps', '--only-binary=:all:', '--platform', wheel.platform, ...python],
    ...['--dest', folder, `${wheel.package}==${wheel.version}`],
  ];
}

function failure(wheel: Wheel, stderr: string): UserError {
  const full = stderr.includes('No space left on device');
  const said = stderr.split('\n').find((line) => line.startsWith('ERROR:')) ?? lastLine(stderr);
  return new UserError(
    full ? 'disk-full' : 'download-failed',
    `pip could not fetch ${wheel.package} ${wheel.version}: ${said.replace(/^ERROR: /, '')}`,
    full
      ? 'Free some space, or set WEIGHTROOM_HOME to a folder on another disk.'
      : 'Check the network and the index or proxy that pip is configured with, or set WEIGHTROOM_LIBTENSORFLOW to a folder that holds libtensorflow.',
  );
}
