import type { RunView } from '../../src/protocol/messages';

type Named = Pick<RunView, 'summary'>;

/** Runs are told apart by name; where two have the same, by number. */
export function runName<Run extends Named>(run: Run, runs: readonly Run[]): string {
  const same = runs.filter((other) => other.summary.name === run.summary.name);
  return same.length > 1 ? `${run.summary.name} (${same.indexOf(run) + 1})` : run.summary.name;
}
