import { allocate, readInto, type SourceFile } from './sourceFile';

/** A stretch of a file. */
export interface FilePart {
  readonly file: SourceFile;
  readonly start: number;
  readonly length: number;
}

/** Stretches of files one after another, read as one sequence of bytes. */
export interface Concatenation {
  readonly parts: readonly FilePart[];
  readonly length: number;
}

function concatenate(parts: readonly FilePart[]): Concatenation {
  return { parts, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** Whole files one after another. */
export function concatenateFiles(files: readonly SourceFile[]): Concatenation {
  return concatenate(files.map((file) => ({ file, start: 0, length: file.size })));
}

/** Everything from position `begin` on. */
export function slice({ parts }: Concatenation, begin: number): Concatenation {
  const left: FilePart[] = [];
  let passed = 0;
  for (const { file, start, length } of parts) {
    const skipped = Math.min(Math.max(begin - passed, 0), length);
    passed += length;
    if (skipped < length) left.push({ file, start: start + skipped, length: length - skipped });
  }
  return concatenate(left);
}

/** Reads `length` bytes from position `begin` of the whole. */
export async function readRange(
  { parts }: Concatenation,
  begin: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (parts[0] === undefined || length === 0) return new Uint8Array(0);
  const bytes = allocate(parts[0].file, length);
  let partBegin = 0;
  for (const part of parts) {
    const from = Math.max(begin, partBegin);
    const to = Math.min(begin + length, partBegin + part.length);
    if (from < to) {
      await readInto(part.file, part.start + from - partBegin, bytes.subarray(from - begin, to - begin));
    }
    partBegin += part.length;
  }
  return bytes;
}
