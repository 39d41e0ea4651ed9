import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { UserError } from '../protocol/userError';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
/** No idx file of images that fits into memory is larger; a gzip bomb is. */
const LARGEST = 2 ** 31;

/**
 * Reads a file in the idx format of LeCun's MNIST page, holding unsigned bytes: a big-endian header
 * `00 00 08 rank`, `rank` sizes of 32 bits, then the values. A name that ends in `.gz` is unpacked.
 * @param rank number of dimensions that the file must have: 3 for images, 1 for labels
 * @throws UserError `idx-damaged` where magic number, rank or length are not what they should be
 */
export async function readIdx(file: string, rank: number): Promise<IdxArray> {
  const bytes = await readUnpacked(file);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) throw damaged(file, 'it has no idx header');
  if (bytes[2] !== UNSIGNED_BYTE) throw damaged(file, 'its values are not unsigned bytes');
  if (bytes[3] !== rank) throw damaged(file, `it has ${bytes[3]!} dimensions instead of ${rank}`);
  const header = 4 + 4 * rank;
  if (bytes.length < header) throw damaged(file, 'it ends within its header');

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = shape.reduce((product, size) => product * size, 1);
  const found = bytes.length - header;
  if (found !== expected) {
    throw damaged(file, `its header announces ${expected} values and ${found} follow`);
  }
  return { shape, values: bytes.subarray(header) };
}

async function readUnpacked(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file);
  if (!file.endsWith('.gz')) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: LARGEST });
  } catch (cause) {
    throw damaged(file, 'it cannot be unpacked', cause);
  }
}

function damaged(file: string, what: string, cause?: unknown): UserError {
  return new UserError(
    'idx-damaged',
    `${path.basename(file)} is not a whole idx file: ${what}.`,
    `Get ${file} again.`,
    { cause },
  );
}
