import type { StudyRow } from '../protocol/study';

/** A figure of ours beside a published one; of all figures of the studies less is better. */
export interface Comparison {
  readonly what: string;
  readonly published: number;
  readonly ours: number;
  readonly unit: string;
  /** Relative deviation up to which it counts as the published one. */
  readonly tolerance: number;
  readonly note?: string;
}

export function compared({ what, published, ours, unit, tolerance, note }: Comparison): StudyRow {
  const deviation = ours / published - 1;
  const verdict = Math.abs(deviation) <= tolerance ? 'as published' : deviation < 0 ? 'better' : 'worse';
  return { what, published, ours, deviation, unit, verdict, ...(note !== undefined && { note }) };
}

/** A row as a sentence. */
export function rowText({ what, published, ours, unit, verdict, note }: StudyRow): string {
  const figure = (value: number | string) =>
    typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
  const text = `${what}: ${figure(ours)} ${unit}, published ${figure(published)}: ${verdict}`;
  return note === undefined ? `${text}.` : `${text} (${note}).`;
}
