import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { inputFile, type JobSpec } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import { systemCode } from './fileError';

/** A file that a run reads, as it was when the run was asked for. */
export interface InputFile {
  readonly path: string;
  readonly bytes: number;
  /** Modification time, milliseconds since 1970. */
  readonly modified: number;
  /** Of the first `hashedBytes` of the file: the whole of a small one, the header of a big one. */
  readonly sha256: string;
  readonly hashedBytes: number;
}

/** Hashing so much takes milliseconds; every model format has its header at the front. */
const HASHED_BYTES = 4 * 2 ** 20;

/**
 * Describes the files that `spec` reads. Of a file above 4 MiB only the first 4 MiB are hashed: size,
 * time and header together tell whether it is the same file, without reading gigabytes.
 * @throws UserError `file-not-found` or `file-not-readable`
 */
export async function describeInputs(spec: JobSpec): Promise<readonly InputFile[]> {
  const file = inputFile(spec);
  return file === undefined ? [] : [await describeInput(file)];
}

async function describeInput(file: string): Promise<InputFile> {
  try {
    const { size, mtimeMs } = await stat(file);
    const hashedBytes = Math.min(size, HASHED_BYTES);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, { end: Math.max(0, hashedBytes - 1) })) {
      hash.update(chunk as Buffer);
    }
    return {
      path: file,
      bytes: size,
      modified: Math.round(mtimeMs),
      sha256: hash.digest('hex'),
      hashedBytes,
    };
  } catch (error) {
    const code = systemCode(error);
    if (code === '') throw error;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new UserError(
      missing ? 'file-not-found' : 'file-not-readable',
      missing ? `There is no file ${file}.` : `${file} cannot be read (${code}).`,
      'Check the path.',
      { cause: error },
    );
  }
}
