import { UserError } from '../protocol/userError';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const FORBIDDEN = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'];

/** The code of an operating-system error: `ENOENT`; empty for anything else. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * A failed write of `file` in words: `disk-full` or `folder-not-writable` as a {@link UserError}; anything else
 * comes back unchanged.
 * @param elsewhere how a person chooses another place
 */
export function writeError(
  error: unknown,
  file: string,
  elsewhere = 'another folder with --workspace',
): unknown {
  const code = systemCode(error);
  if (FULL.includes(code)) {
    return new UserError(
      'disk-full',
      `The disk is full: ${file} could not be written (${code}).`,
      `Free some space, or choose ${elsewhere}, and try again.`,
      { cause: error },
    );
  }
  // A missing parent that mkdir -p could not make (/proc) is as good as forbidden.
  if (FORBIDDEN.includes(code) || code === 'ENOENT') {
    return new UserError(
      'folder-not-writable',
      `${file} cannot be written (${code}).`,
      `Choose ${elsewhere}, or change its permissions.`,
      { cause: error },
    );
  }
  return error;
}
