import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readError } from '../../modelfile/fileErrors';
import { UserError } from '../../protocol/userError';

/**
 * The lines of a text file that are not blank, at most `count`.
 * @throws UserError `file-not-found`, `file-not-readable`, `not-text`
 */
export async function readLines(file: string, count: number): Promise<readonly string[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw readError(error, file);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notText(file, 'is no UTF-8 text', { cause });
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw notText(file, 'holds no text');
  return lines.slice(0, count);
}

function notText(file: string, problem: string, options?: ErrorOptions): UserError {
  return new UserError(
    'not-text',
    `${path.basename(file)} ${problem}.`,
    'Calibrate with a text file, one sample a line, or with a file of statistics (.safetensors).',
    options,
  );
}
