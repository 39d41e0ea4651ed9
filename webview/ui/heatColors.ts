import { theme, withAlpha } from './theme';
import type { Range } from './trace';

/** So many shades are told apart. */
const SHADES = 64;

/**
 * Colours of a heat map in the theme that is shown: the first colour of series, the fuller the greater the value;
 * above `limit` the colour of errors. Values without a place, NaN, have none.
 */
export function heatColors([low, high]: Range, limit?: number): (value: number) => string | undefined {
  const { series, error } = theme();
  const shades = (color: string, faint: number, full: number) =>
    Array.from({ length: SHADES + 1 }, (_, k) => withAlpha(color, faint + ((full - faint) * k) / SHADES));
  const usual = shades(series[0]!, 0.06, 0.94);
  const beyond = shades(error, 0.2, 0.5);
  const width = high - low || 1;
  return (value) => {
    if (Number.isNaN(value)) return undefined;
    const k = Math.round(SHADES * Math.min(1, Math.max(0, (value - low) / width)));
    return (limit !== undefined && value > limit ? beyond : usual)[k];
  };
}
