import type { KnownRun, RunStore } from '../runStore';

/**
 * The latest run of an experiment's file that stands for itself. Trials do not: a sweep sets other values than the
 * file says, so what they found would be wrong beside it.
 */
export function latestRun(store: RunStore, file: string): KnownRun | undefined {
  return store.runs.find(
    ({ spec }) => spec.job === 'train' && spec.experiment === file && spec.sweep === undefined,
  );
}
