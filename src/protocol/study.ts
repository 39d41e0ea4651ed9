/** A study: a ready experiment that reproduces published figures and prints them beside ours. */

export const STUDIES = ['kashin/convergence', 'kashin/transforms', 'kashin/rate-distortion'] as const;
export type StudyId = (typeof STUDIES)[number];

export interface StudySpec {
  readonly job: 'study';
  readonly study: StudyId;
  /** Smaller samples and fewer cases: ends within seconds. */
  readonly quick: boolean;
  readonly seed: number;
  /** CPU threads; all of them where absent. */
  readonly threads?: number;
}

/** `as published`: within the tolerance that the row's note or its sample's size explains. Less is better. */
export const VERDICTS = ['as published', 'better', 'worse'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One published figure and ours. */
export interface StudyRow {
  readonly what: string;
  /** A text where a bound was published: `> 1500`. */
  readonly published: number | string;
  readonly ours: number | string;
  /** ours / published − 1, where both are numbers. */
  readonly deviation?: number;
  /** `steps`, `MSE / variance`. */
  readonly unit: string;
  readonly verdict: Verdict;
  readonly note?: string;
}

export interface StudySummary {
  readonly job: 'study';
  readonly study: StudyId;
  readonly rows: readonly StudyRow[];
}
