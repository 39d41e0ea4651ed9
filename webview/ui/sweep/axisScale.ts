import type { SettingValue } from '../../../src/protocol/sweep';

/** One vertical line of parallel coordinates: where a value stands on it. */
export interface AxisScale {
  readonly title: string;
  /** From 0, the bottom, to 1; `undefined` for a value that has no place. */
  readonly place: (value: SettingValue | undefined) => number | undefined;
  /** Values to write beside the line. */
  readonly marks: readonly SettingValue[];
}

/** Positive numbers that span more than this ratio are spread by their logarithm. */
const LOG_RATIO = 30;

/** The scale of what was seen on an axis: numbers by size, everything else one place a value, in order of appearance. */
export function axisScale(title: string, values: readonly SettingValue[]): AxisScale {
  const distinct = [...new Set(values)];
  const numbers = distinct.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
  if (numbers.length < distinct.filter((value) => !isNaNumber(value)).length || numbers.length === 0) {
    return { title, marks: distinct, place: (value) => placeInList(distinct, value) };
  }
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const spread = low > 0 && high / low > LOG_RATIO ? Math.log : (value: number) => value;
  const place = (value: SettingValue | undefined): number | undefined => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
    return high === low ? 0.5 : (spread(value) - spread(low)) / (spread(high) - spread(low));
  };
  const marks = numbers.length <= 6 ? numbers.sort((a, b) => a - b) : [low, high];
  return { title, marks, place };
}

function placeInList(list: readonly SettingValue[], value: SettingValue | undefined): number | undefined {
  const index = value === undefined ? -1 : list.indexOf(value);
  if (index < 0) return undefined;
  return list.length === 1 ? 0.5 : index / (list.length - 1);
}

function isNaNumber(value: SettingValue): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}
