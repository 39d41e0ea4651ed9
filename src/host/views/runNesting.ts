import path from 'node:path';
import type { JobSpec } from '../../protocol/jobSpec';

/** What nesting looks at: where a run lies, and which sweep made it. */
interface NestedRun {
  readonly folder: string;
  readonly spec: JobSpec;
}

export interface RunNesting<Run> {
  /** Runs that stand for themselves, in the order given. */
  readonly top: readonly Run[];
  /** Trials by the folder of their sweep, in the order given. */
  readonly trials: ReadonlyMap<string, readonly Run[]>;
}

/** Puts each trial under its sweep, which lies beside it; one whose sweep is not among `runs` stands for itself. */
export function nestTrials<Run extends NestedRun>(runs: readonly Run[]): RunNesting<Run> {
  const folders = new Set(runs.map(({ folder }) => folder));
  const top: Run[] = [];
  const trials = new Map<string, Run[]>();
  for (const run of runs) {
    const sweep = sweepOf(run);
    if (sweep === undefined || !folders.has(sweep)) top.push(run);
    else trials.set(sweep, [...(trials.get(sweep) ?? []), run]);
  }
  return { top, trials };
}

function sweepOf({ folder, spec }: NestedRun): string | undefined {
  if (spec.job !== 'train' || spec.sweep === undefined) return undefined;
  return path.join(path.dirname(folder), spec.sweep);
}
