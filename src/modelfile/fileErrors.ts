import path from 'node:path';
import { UserError } from '../protocol/userError';

const OBTAIN_AGAIN = 'Download or export the file again; if it still fails, it was made wrongly.';

/** The error for a model file whose content is wrong. `problem` completes the sentence `<file> …`. */
export function badFile(
  code: string,
  file: string,
  problem: string,
  remedy = OBTAIN_AGAIN,
  options?: ErrorOptions,
): UserError {
  return new UserError(code, `${path.basename(file)} ${problem}.`, remedy, options);
}

/** Describes a failed system call on a file that is read; anything else is returned as it is. */
export function readError(error: unknown, file: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return new UserError('file-not-found', `${file} does not exist.`, 'Check the path.', { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new UserError(
        'file-not-readable',
        `${file} may not be read by this user.`,
        'Grant permission to read the file, or copy it to a place of yours.',
        { cause: error },
      );
    default:
      return new UserError(
        'file-not-readable',
        `${file} could not be read (${code}).`,
        'Check the disk or the network share that holds the file.',
        { cause: error },
      );
  }
}

/** Describes a failed system call on a file that is written; anything else is returned as it is. */
export function writeError(error: unknown, file: string): unknown {
  switch (systemCode(error) ?? '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(file, { cause: error });
    case 'EFBIG':
      return new UserError(
        'file-too-large',
        `${file} is larger than its file system, or a limit of this user, allows.`,
        'Choose an output on another disk.',
        { cause: error },
      );
    case 'EACCES':
    case 'EROFS':
    case 'EPERM':
      return new UserError(
        'folder-not-writable',
        `The folder ${path.dirname(file)} cannot be written.`,
        'Choose an output in a folder of yours, or grant permission to write there.',
        { cause: error },
      );
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(
        'folder-missing',
        `The folder ${path.dirname(file)} does not exist.`,
        'Make the folder first, or choose another output.',
        { cause: error },
      );
    case 'EISDIR':
      return new UserError('output-is-folder', `${file} is a folder.`, 'Choose a file name as output.', {
        cause: error,
      });
    default:
      return error;
  }
}

export function diskFull(file: string, options?: ErrorOptions): UserError {
  return new UserError(
    'disk-full',
    `There is not enough space for ${file}.`,
    'Free some space, or choose an output on another disk.',
    options,
  );
}

/** The `errno` name of a failed system call: `ENOSPC`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
