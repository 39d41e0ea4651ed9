import type { UserError } from '../protocol/userError';
import { badFile } from './fileErrors';
import { quoted, type JsonReader } from './jsonReader';
import { MAX_NAME_BYTES, MAX_RANK } from './limits';

/** Reads a list of dimensions. */
export function readShape(reader: JsonReader, tensor: string, file: string): readonly number[] {
  const shape: number[] = [];
  reader.array(`the shape of ${quoted(tensor)}`, () => {
    if (shape.length === MAX_RANK) {
      throw badFile('shape-mismatch', file, `gives ${quoted(tensor)} more than ${MAX_RANK} dimensions`);
    }
    shape.push(reader.wholeNumber(`the shape of ${quoted(tensor)}`));
  });
  // An array that grew keeps room for 17 numbers; a copy takes what it needs.
  return shape.slice();
}

/** Bytes of a tensor; its element count is checked for overflow before any product is trusted. */
export function byteLength(
  shape: readonly number[],
  width: number,
  tensor: string,
  file: string,
): { readonly size: number; readonly bytes: number } {
  let bytes = width;
  for (const dimension of shape) {
    // A zero among huge dimensions is no excuse: other readers multiply in another order.
    bytes *= dimension === 0 ? 1 : dimension;
    if (!Number.isSafeInteger(bytes)) {
      throw badFile('shape-mismatch', file, `gives ${quoted(tensor)} more elements than any file holds`);
    }
  }
  return shape.includes(0) ? { size: 0, bytes: 0 } : { size: bytes / width, bytes };
}

/** Refuses a name that no honest tool writes. */
export function checkName(name: string, file: string): void {
  if (name.length > MAX_NAME_BYTES) throw nameTooLong(name, file);
}

function nameTooLong(name: string, file: string): UserError {
  return badFile(
    'name-too-long',
    file,
    `has a tensor whose name starts with ${quoted(name)} and exceeds ${MAX_NAME_BYTES} bytes`,
  );
}
