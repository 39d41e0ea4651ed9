import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunSummary } from '../protocol/run';
import { UserError } from '../protocol/userError';
import { RunFollower } from './follower';
import { runsFolder } from './layout';

/** What this process has read already: a journal is never read twice. */
const followers = new Map<string, RunFollower>();

/** Folders read at the same time: a process has only so many open files. */
const AT_ONCE = 32;

/**
 * The runs of a workspace, newest first. Folders that are no runs (foreign, damaged, half-made) are
 * left out. Calling it again reads only what has changed.
 */
export async function listRuns(workspace: string): Promise<RunSummary[]> {
  const root = runsFolder(workspace);
  const names = await readdir(root).catch(() => []);
  const folders = new Set(names.filter((name) => !name.startsWith('.')).map((name) => path.join(root, name)));
  for (const known of followers.keys()) {
    if (path.dirname(known) === root && !folders.has(known)) followers.delete(known);
  }
  const waiting = folders.values();
  const runs: RunSummary[] = [];
  const work = async (): Promise<void> => {
    for (const folder of waiting) {
      const run = await summarize(folder);
      if (run) runs.push(run);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return runs.sort(newestFirst);
}

async function summarize(folder: string): Promise<RunSummary | undefined> {
  let follower = followers.get(folder);
  if (!follower) followers.set(folder, (follower = new RunFollower(folder)));
  try {
    return await follower.summary();
  } catch {
    // One damaged folder, whatever its damage, must not hide the others.
    followers.delete(folder);
    return undefined;
  }
}

function newestFirst(a: RunSummary, b: RunSummary): number {
  return b.started - a.started || b.id.localeCompare(a.id);
}

/**
 * The run that a person means by `text`: its name, a unique beginning or end of it, or its folder.
 * @throws UserError `unknown-run` or `ambiguous-run`
 */
export async function findRun(workspace: string, text: string): Promise<RunSummary> {
  if (text.includes(path.sep) || text.includes('/')) return new RunFollower(path.resolve(text)).summary();
  const runs = await listRuns(workspace);
  const exact = runs.find((run) => run.id === text);
  if (exact) return exact;
  const matches = text === '' ? [] : runs.filter((run) => run.id.startsWith(text) || run.id.endsWith(text));
  const [match, ...others] = matches;
  if (!match) {
    throw new UserError(
      'unknown-run',
      `There is no run ${text} in ${runsFolder(workspace)}.`,
      'See `weightroom runs` for those that exist, or point --workspace at their folder.',
    );
  }
  if (others.length > 0) {
    const names = matches.slice(0, 5).map((run) => run.id);
    throw new UserError('ambiguous-run', `${text} fits several runs.`, `Choose one: ${names.join(', ')}.`);
  }
  return match;
}
