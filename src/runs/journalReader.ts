import { open } from 'node:fs/promises';
import { decodeEvent, type RunEvent } from '../protocol/events';
import { systemCode } from './fileError';

/** Bytes that are read and decoded at once; the host has others to serve between two of them. */
const CHUNK = 2 ** 18;
const NEWLINE = 10;

/**
 * Reads a journal from where the last reading stopped. A last line without its end is kept back until
 * the rest arrives; lines that cannot be read are skipped; a file that is not there yet is empty.
 */
export class JournalReader {
  private position = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly file: string) {}

  /** Yields the events appended since the last call, in batches of at most a quarter of a megabyte of journal. */
  async *read(): AsyncGenerator<readonly RunEvent[], void> {
    const handle = await open(this.file, 'r').catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
      throw error;
    });
    if (!handle) return;
    try {
      const { size } = await handle.stat();
      while (this.position < size) {
        const chunk = Buffer.alloc(Math.min(CHUNK, size - this.position));
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, this.position);
        if (bytesRead === 0) return;
        this.position += bytesRead;
        const events = this.take(chunk.subarray(0, bytesRead));
        if (events.length > 0) yield events;
      }
    } finally {
      await handle.close();
    }
  }

  /** Goes on from `position`, the start of a line. */
  skipTo(position: number): void {
    this.position = position;
    this.rest = Buffer.alloc(0);
  }

  get atStart(): boolean {
    return this.position === 0;
  }

  private take(chunk: Buffer): RunEvent[] {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    this.rest = Buffer.from(bytes.subarray(end));
    return decodeAll(bytes.toString('utf8', 0, end).split('\n'));
  }
}

/** The two ends of a long journal: events of its first and of its last `bytes`, and its size. */
export async function readJournalEnds(
  file: string,
  bytes: number,
): Promise<{
  readonly start: readonly RunEvent[];
  readonly end: readonly RunEvent[];
  readonly size: number;
}> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const lines = async (position: number): Promise<string[]> => {
      const piece = Buffer.alloc(Math.min(bytes, size));
      await handle.read(piece, 0, piece.length, position);
      return piece.toString('utf8').split('\n');
    };
    // Lines that the cuts go through are left out, and so is one that has no end yet.
    const start = (await lines(0)).slice(0, -1);
    const end = (await lines(Math.max(0, size - bytes))).slice(1, -1);
    return { start: decodeAll(start), end: decodeAll(end), size };
  } finally {
    await handle.close();
  }
}

function decodeAll(lines: readonly string[]): RunEvent[] {
  return lines.flatMap((line) => decodeEvent(line) ?? []);
}
