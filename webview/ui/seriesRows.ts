import type { SeriesColumns } from './seriesColumns';

/** One row of the table of a chart: a place on the axes and the value of each series there, where it has one. */
export interface SeriesRow {
  readonly step: number;
  readonly epoch: number;
  readonly time: number;
  readonly values: readonly (number | undefined)[];
}

/**
 * Merges series by step into rows, oldest or newest first. Series that share a step share a row; one that
 * reports a step twice gets two rows.
 */
export function* mergedRows(
  series: readonly SeriesColumns[],
  order: 'oldest first' | 'newest first' = 'oldest first',
): Generator<SeriesRow> {
  const direction = order === 'oldest first' ? 1 : -1;
  const columns = series.map((s) => ({
    step: s.axis('step'),
    epoch: s.axis('epoch'),
    time: s.axis('time'),
    values: s.values,
  }));
  const next = columns.map((c) => (direction === 1 ? 0 : c.values.length - 1));
  for (;;) {
    let leader = -1;
    for (let k = 0; k < columns.length; k++) {
      const step = columns[k]!.step[next[k]!];
      if (step === undefined) continue;
      if (leader < 0 || direction * (step - columns[leader]!.step[next[leader]!]!) < 0) leader = k;
    }
    if (leader < 0) return;
    const at = next[leader]!;
    const { step, epoch, time } = columns[leader]!;
    const row = { step: step[at]!, epoch: epoch[at]!, time: time[at]! };
    const values = columns.map((c, k) => {
      if (c.step[next[k]!] !== row.step) return undefined;
      const value = c.values[next[k]!];
      next[k]! += direction;
      return value;
    });
    yield { ...row, values };
  }
}
