import { readWhole } from '../sourceFile';
import type { TfjsLayout } from './layout';
import { packedMember } from './packed';

const SPACE: readonly number[] = [0x20, 0x0a, 0x0d, 0x09];
const COMMA = 0x2c;

/**
 * The bytes of a model's JSON with another manifest, and with the files of packed weights named behind it
 * where there are such. Everything else, the topology above all, is kept to the byte.
 */
export async function withWeights(
  { json, manifest, packed }: TfjsLayout,
  newManifest: unknown,
  packedPaths?: readonly string[],
): Promise<Uint8Array> {
  const bytes = await readWhole(json);
  const weights = JSON.stringify(newManifest) + (packedPaths ? `,${packedMember(packedPaths)}` : '');
  const edits = [{ ...manifest, text: weights }];
  if (packed !== undefined) edits.push({ ...withComma(bytes, packed), text: '' });
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start)) {
    pieces.push(bytes.subarray(end, edit.start), Buffer.from(edit.text));
    end = edit.end;
  }
  return Buffer.concat([...pieces, bytes.subarray(end)]);
}

/** A member and the comma that goes with it: the one before, or the one behind a first member. */
function withComma(bytes: Uint8Array, { start, end }: { readonly start: number; readonly end: number }) {
  let before = start - 1;
  while (SPACE.includes(bytes[before]!)) before--;
  if (bytes[before] === COMMA) return { start: before, end };
  let behind = end;
  while (SPACE.includes(bytes[behind]!)) behind++;
  return { start, end: bytes[behind] === COMMA ? behind + 1 : end };
}
