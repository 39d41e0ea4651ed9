import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { distFolder } from '../../src/engine/distFolder';
import { pythonWithPip } from '../../src/engine/tensorflow/pipDownload';
import { lastLine, runProgram } from '../../src/engine/tensorflow/program';
import { UserError } from '../../src/protocol/userError';
import type { BenchContext } from '../bench';

/** A Python that finds PyTorch. */
export interface PyTorch {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
}

const VERSION = '2.15.0';

/**
 * PyTorch in a folder of the checkout's cache, fetched from the package index by pip the first time. On Linux
 * that is some gigabytes, for the wheel there comes with CUDA; an index that pip is configured with may
 * have a smaller one.
 * @throws UserError `no-pytorch` where there is no Python with pip, or pip fails
 */
export async function installPyTorch(context: BenchContext): Promise<PyTorch> {
  const program = await pythonWithPip();
  if (program === undefined) {
    throw new UserError(
      'no-pytorch',
      'There is no Python with pip on the PATH.',
      'Install Python 3 with pip.',
    );
  }
  const print = 'import sys; print(sys.implementation.cache_tag)';
  const { stdout } = await runProgram(program, ['-c', print]);
  const folder = path.join(distFolder(), '..', '.cache', `pytorch-${VERSION}-${stdout.trim()}`);
  if (!existsSync(folder)) {
    context.progress(`fetching PyTorch ${VERSION}, once`);
    await install(program, folder);
  }
  return { program, env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' } };
}

/** @throws UserError `no-pytorch` where it computes on the CPU alone */
export async function requireCuda({ program, env }: PyTorch): Promise<void> {
  const ask = 'import torch; print(torch.cuda.is_available())';
  const { stdout } = await runProgram(program, ['-c', ask], { env });
  if (stdout.trim() === 'True') return;
  throw new UserError(
    'no-pytorch',
    `PyTorch ${VERSION} as it is installed here does not see the GPU.`,
    'Remove .cache/pytorch-* and let pip fetch the wheel that comes with CUDA.',
  );
}

/** Installs under another name first: a folder of the right name is complete. */
async function install(program: string, folder: string): Promise<void> {
  const partial = `${folder}.${process.pid}`;
  try {
    const { code, stderr } = await runProgram(program, [
      ...['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:'],
      ...['--target', partial, `torch==${VERSION}`],
    ]);
    if (code !== 0) {
      throw new UserError(
        'no-pytorch',
        `pip could not install PyTorch ${VERSION}: ${lastLine(stderr)}`,
        'Check that the package index can be reached and that it has PyTorch for this Python.',
      );
    }
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
