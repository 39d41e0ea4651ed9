import { formatTick } from './format';

/**
 * Ticks of an axis of numbers as all charts have them: upright labels, at round numbers alone.
 * @param label of a place
 */
export function axisTicks(label: (place: number) => string = formatTick) {
  return {
    padding: 6,
    maxRotation: 0,
    includeBounds: false,
    callback: (value: number | string) => label(Number(value)),
  };
}
