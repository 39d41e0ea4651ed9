import type { InstrumentCost } from '../../../src/protocol/instruments';
import type { Measured } from '../../bench';
import { summarize } from '../../measure';

/** One stretch of a run, as it went one time. */
export interface Stretch {
  /** Milliseconds that it took, and in which TensorFlow worked. */
  readonly milliseconds: number;
  readonly engine: number;
  /** Cores that everything else used meanwhile. */
  readonly others: number;
  /** What instruments have cost so far, where the run told it in this stretch. */
  readonly costs?: readonly InstrumentCost[];
}

/** A run that was repeated: for each stretch of its steps, how it went each time. */
export type Repeats = readonly (readonly Stretch[])[];

/** What a run takes, put together from the times when each stretch was disturbed least. */
export interface WholeRun {
  readonly milliseconds: number;
  readonly engine: number;
  /** Whether every stretch was undisturbed at least once. */
  readonly isClean: boolean;
}

/** Cores that others may use in a stretch that counts. */
const OTHERS = 0.08;

/** A reading falls into the same stretch each time, so that stretches are compared with themselves alone. */
export function wholeRun(repeats: Repeats): WholeRun {
  let [milliseconds, engine, isClean] = [0, 0, true];
  for (const times of repeats) {
    const quiet = times.filter(({ others }) => others <= OTHERS);
    if (quiet.length === 0) isClean = false;
    const kept = quiet.length > 0 ? quiet : [times.toSorted((a, b) => a.others - b.others)[0]!];
    milliseconds += summarize(kept.map((stretch) => stretch.milliseconds)).median;
    engine += summarize(kept.map((stretch) => stretch.engine)).median;
  }
  return { milliseconds, engine, isClean };
}

/**
 * What one run costs more than another, as a part of the other's time: of the runs put together, with the least and the
 * largest that single repeats of both give.
 */
export function costBeside(run: Repeats, other: Repeats): Measured {
  const share = (a: Repeats, b: Repeats): number => wholeRun(a).milliseconds / wholeRun(b).milliseconds - 1;
  const count = run[0]!.length;
  const singly = Array.from({ length: count }, (_, k) =>
    share(
      run.map((times) => [times[k]!]),
      other.map((times) => [times[k]!]),
    ),
  );
  return { median: share(run, other), min: Math.min(...singly), max: Math.max(...singly) };
}
