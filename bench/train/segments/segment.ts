import { summarize } from '../../measure';
import type { Measured } from '../../bench';

/** Some steps in a row of one contestant, and what the machine did meanwhile. */
export interface Segment {
  /** Milliseconds a step. */
  readonly pace: number;
  /** Cores that the contestant used. */
  readonly own: number;
  /** Cores that everything else used. */
  readonly others: number;
}

/** Cores that others may use in a segment that counts. */
const OTHERS = 0.08;
/** Part of the contestant's usual cores that it must have got, where what takes them is not seen from here. */
const SHARE = 0.9;

/** The segments in which nothing disturbed the contestant. */
export function undisturbed(segments: readonly Segment[]): Segment[] {
  const quiet = segments.filter(({ others }) => others <= OTHERS);
  if (quiet.length === 0) return [];
  const usual = summarize(quiet.map(({ own }) => own)).median;
  return quiet.filter(({ own }) => own >= SHARE * usual);
}

/** What segments say of a contestant. */
export interface Verdict {
  /** Milliseconds a step. */
  readonly pace: Measured;
  /** Whether enough segments were undisturbed; else the figures are of those that were disturbed least. */
  readonly isClean: boolean;
  readonly kept: number;
  readonly rejected: number;
}

/** @param enough undisturbed segments that make a figure */
export function judge(segments: readonly Segment[], enough: number): Verdict {
  const clean = undisturbed(segments);
  const isClean = clean.length >= enough;
  const kept = isClean ? clean : segments.toSorted((a, b) => a.others - b.others).slice(0, enough);
  return {
    pace: summarize(kept.map(({ pace }) => pace)),
    isClean,
    kept: kept.length,
    rejected: segments.length - kept.length,
  };
}
