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

/** The runs chosen, each once, in the order given; a sweep, which has no curves, stands for its trials, the first started first. */
export function withTrials(
  folders: readonly string[],
  trials: RunNesting<Pick<NestedRun, 'folder'>>['trials'],
): readonly string[] {
  const runs = folders.flatMap((folder) => {
    const own = trials.get(folder)?.map((trial) => trial.folder);
    return own?.reverse() ?? [folder];
  });
  return [...new Set(runs)];
}

/** The folder of the sweep that made a run; `undefined` where none did. */
export function sweepOf({ folder, spec }: NestedRun): string | undefined {
  if (spec.job !== 'train' || spec.sweep === undefined) return undefined;
  return path.join(path.dirname(folder), spec.sweep);
}
