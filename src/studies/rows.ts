import type { StudyRow } from '../protocol/study';

type Figure = Pick<StudyRow, 'what' | 'unit' | 'note' | 'place'> & { readonly ours: number };

/** A figure of ours beside a published one, of a kind of which less is better. */
export interface Comparison extends Figure {
  readonly published: number;
  /** Relative deviation up to which it counts as the published one. */
  readonly tolerance: number;
}

export function compared({ tolerance, ...figure }: Comparison): StudyRow {
  const deviation = figure.ours / figure.published - 1;
  const verdict = Math.abs(deviation) <= tolerance ? 'as published' : deviation < 0 ? 'better' : 'worse';
  return { ...figure, deviation, verdict };
}

/** A row as a sentence. */
export function rowText({ what, published, ours, unit, verdict, note }: StudyRow): string {
  const figure = (value: number | string) =>
    typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
  const comparison =
    published === undefined ? '' : `, published ${figure(published)}${verdict ? `: ${verdict}` : ''}`;
  const text = `${what}: ${figure(ours)} ${unit}${comparison}`;
  return note === undefined ? `${text}.` : `${text} (${note}).`;
}
