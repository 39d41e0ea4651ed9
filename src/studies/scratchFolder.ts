import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

/** Runs `work` with a folder of its own inside `parent`, which is removed afterwards. */
export async function* withScratchFolder<Event>(
  parent: string,
  work: (folder: string) => AsyncGenerator<Event>,
): AsyncGenerator<Event> {
  const folder = await mkdtemp(path.join(parent, 'scratch-'));
  try {
    yield* work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
