/** A study: a ready experiment that reproduces published figures and prints them beside ours. */
import type { EngineId } from './engine';

export const STUDIES = [
  'kashin/convergence',
  'kashin/transforms',
  'kashin/rate-distortion',
  'kashin/bits-vs-quality',
  'codes/gap-to-shannon',
  'nag-gs/quadratic-sweep',
  'nag-gs/quadratic-race',
  'nag-gs/stability',
  'nag-gs/covariance',
  'nag-gs/mnist-logistic',
  'nag-gs/resnet20',
  'nag-gs/transformer',
  'splitting/least-squares',
  'splitting/kaczmarz-limit',
  'splitting/softmax',
  'splitting/step-robustness',
  'splitting/global-error',
] as const;
export type StudyId = (typeof STUDIES)[number];

export interface StudySpec {
  readonly job: 'study';
  readonly study: StudyId;
  /** Smaller samples and fewer cases: ends within seconds. */
  readonly quick: boolean;
  readonly seed: number;
  /** CPU threads; all of them where absent. */
  readonly threads?: number;
  /** What trains and runs networks, in studies that have some; the best engine where absent. */
  readonly engine?: EngineId;
}

/** `as published`: within the tolerance that the row's note or its sample's size explains. Less is better. */
export const VERDICTS = ['as published', 'better', 'worse'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A figure of ours, beside a published one where there is one. */
export interface StudyRow {
  readonly what: string;
  /** A text where a bound was published: `> 1500`. */
  readonly published?: number | string;
  readonly ours: number | string;
  /** ours / published − 1, where both are numbers. */
  readonly deviation?: number;
  /** `steps`, `MSE / variance`. */
  readonly unit: string;
  /** Absent where nothing was published. */
  readonly verdict?: Verdict;
  readonly note?: string;
  readonly place?: FigurePlace;
}

/** Where a figure stands in one of the study's pictures: over true bits a weight, on the curve of its method. */
export interface FigurePlace {
  readonly picture: string;
  readonly curve: string;
  /** Every byte of the file counted. */
  readonly bits: number;
}

export interface StudySummary {
  readonly job: 'study';
  readonly study: StudyId;
  readonly rows: readonly StudyRow[];
}
