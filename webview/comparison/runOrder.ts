import type { ComparedRun } from './comparedRun';
import type { RunColumn } from './runColumns';

/** Which column the runs are sorted by; in the order of their choice where it is absent. */
export interface RunOrder {
  readonly column?: string;
  readonly descending: boolean;
}

/** The runs in this order; those without a value come last either way. */
export function sortRuns(
  runs: readonly ComparedRun[],
  columns: readonly RunColumn[],
  { column: id, descending }: RunOrder,
): readonly ComparedRun[] {
  const column = columns.find((one) => one.id === id);
  if (!column) return runs;
  const sign = descending ? -1 : 1;
  return [...runs].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (isMissing(x) || isMissing(y)) return Number(isMissing(x)) - Number(isMissing(y));
    if (typeof x === 'number' && typeof y === 'number') return sign * (x === y ? 0 : x < y ? -1 : 1);
    return sign * String(x).localeCompare(String(y), 'en', { numeric: true });
  });
}

function isMissing(value: string | number | undefined): value is undefined {
  return value === undefined || Number.isNaN(value);
}
