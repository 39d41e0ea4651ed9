import path from 'node:path';
import type { RunEvent } from '../protocol/events';
import type { RunRecord } from '../protocol/run';
import { readEnvironment } from './environmentFile';
import { RunFollower } from './follower';

/** Reads a run whole. @throws UserError `not-a-run` where the folder holds no valid spec */
export async function readRun(folder: string): Promise<RunRecord> {
  const follower = new RunFollower(path.resolve(folder));
  const batches: (readonly RunEvent[])[] = [];
  const summary = await follower.update((events) => batches.push(events));
  const { spec } = await follower.spec();
  return { summary, spec, environment: await readEnvironment(follower.folder), events: batches.flat() };
}
