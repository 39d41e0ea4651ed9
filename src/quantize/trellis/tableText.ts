import { createTrellisCode, type TrellisCode } from './code';

/**
 * A table as text: base64 of the upper half of its buckets, the rest is their mirror image. A bucket is an
 * i16 (little-endian), its least value, and one byte an entry, what the entry is more than that.
 */
export function encodeTable({ bits, windowBits, values }: TrellisCode): string {
  const windows = 2 ** windowBits;
  const buckets = 2 ** (bits - 1);
  let text = '';
  for (let u = buckets / 2; u < buckets; u++) {
    const bucket = values.subarray(u * windows, (u + 1) * windows);
    const least = bucket.reduce((a, b) => Math.min(a, b));
    text += String.fromCharCode(least & 255, (least >> 8) & 255);
    for (const value of bucket) text += String.fromCharCode(value - least);
  }
  return btoa(text);
}

/** The code whose table {@link encodeTable} wrote; `undefined` where the text is none of that size. */
export function decodeTable({
  bits,
  windowBits,
  scale,
  table,
}: Pick<TrellisCode, 'bits' | 'windowBits' | 'scale'> & { readonly table: string }): TrellisCode | undefined {
  const windows = 2 ** windowBits;
  const buckets = 2 ** (bits - 1);
  const text = decodeBase64(table);
  if (text?.length !== (buckets / 2) * (2 + windows)) return undefined;
  const values = new Int16Array(buckets * windows);
  let next = 0;
  for (let entry = values.length / 2; entry < values.length; entry += windows) {
    const low = text.charCodeAt(next++);
    const least = ((low | (text.charCodeAt(next++) << 8)) << 16) >> 16;
    for (let window = 0; window < windows; window++) {
      const value = least + text.charCodeAt(next++);
      values[entry + window] = value;
      values[values.length - 1 - entry - window] = -value;
    }
  }
  return createTrellisCode({ bits, windowBits, scale, values });
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
