import { rmSync, writeFileSync } from 'node:fs';
import { runFiles } from '../runs/layout';

const BYTES = 16_384;

/**
 * Holds some kilobytes of the disk back, so that a run that fills it can still say so in its journal.
 * Returns a function that gives them back.
 */
export function reserveDisk(folder: string): () => void {
  const file = runFiles(folder).reserve;
  try {
    writeFileSync(file, Buffer.alloc(BYTES, 1));
  } catch {
    // The disk is full already: the first line of the journal will tell.
  }
  return () => rmSync(file, { force: true });
}
