/** Several runs over one another: what the host and the comparison's page say to each other. */
import type { ChartFile, ToRunPanel } from './messages';
import { UserError } from './userError';

/** As many as a chart has strokes for that nothing confuses. */
export const MOST_COMPARED = 8;

export type ToComparison =
  /** Folders of the runs, in the order of their strokes; said before anything about one of them. */
  | { readonly type: 'runs'; readonly folders: readonly string[] }
  /** What a panel on this run alone would be told. */
  | { readonly type: 'run'; readonly folder: string; readonly message: ToRunPanel };

export type FromComparison =
  { readonly type: 'ready' } | { readonly type: 'openRun'; readonly folder: string } | ChartFile;

/** @throws UserError `too-few-runs`, `too-many-runs` where so many runs cannot be compared */
export function checkCompared(count: number): void {
  if (count < 2) {
    throw new UserError(
      'too-few-runs',
      'A comparison needs at least two runs.',
      'Choose more in the Runs view with Ctrl or ⌘, or a sweep, which stands for its trials.',
    );
  }
  if (count > MOST_COMPARED) {
    throw new UserError(
      'too-many-runs',
      `${count} runs are chosen, and at most ${MOST_COMPARED} can be compared.`,
      'Choose fewer in the Runs view; trials of a sweep can be chosen one by one.',
    );
  }
}
