import type { StudyRow } from '../../protocol/study';
import { compared } from '../rows';

/** Note of the count that gave the problem its start. */
export const FIXED = 'the start of our problem was taken from it';

/** Steps to a minimum beside published ones; undefined where iterations diverge. */
export function stepRow(
  what: string,
  published: number | undefined,
  ours: number | undefined,
  tolerance: number,
  note?: string,
): StudyRow {
  const told = note === undefined ? {} : { note };
  if (published !== undefined && ours !== undefined) {
    return compared({ what, published, ours, unit: 'steps', tolerance, ...told });
  }
  return {
    what,
    published: published ?? 'diverges',
    ours: ours ?? 'diverges',
    unit: 'steps',
    verdict: published === ours ? 'as published' : ours === undefined ? 'worse' : 'better',
    ...told,
  };
}
