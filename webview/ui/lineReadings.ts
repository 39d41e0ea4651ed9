import type { Line } from './drawnLine';
import { element } from './dom';
import { formatNumber } from './format';
import type { Places } from './lineAxes';
import { drawSample } from './seriesStyle';
import type { Reading } from './trace';

/** What lines have at a cursor, as one sentence. */
export function readingsInWords(readings: readonly Reading<Line>[], cursor: number, places: Places): string {
  const values = readings.map(({ trace, x, value, smooth }) => {
    const mean = smooth === undefined ? '' : `, smoothed ${formatNumber(smooth)}`;
    const where = x === cursor ? '' : ` at ${places.inWords(x)}`;
    return `${trace.label} ${formatNumber(value)}${mean}${where}`;
  });
  return `${places.inWords(cursor)}: ${values.join('; ')}.`;
}

/** The same as cells of a tip, a row a line. */
export function readingRows(
  readings: readonly Reading<Line>[],
  cursor: number,
  places: Places,
): readonly (readonly HTMLElement[])[] {
  return readings.map(({ trace, x, value, smooth }) => [
    element('td', {}, drawSample(trace.style, false)),
    element('td', { text: trace.label }),
    element('td', { class: 'number', text: formatNumber(value) }),
    element('td', {
      class: 'number quiet',
      text: smooth === undefined ? '' : `smoothed ${formatNumber(smooth)}`,
    }),
    element('td', { class: 'quiet', text: x === cursor ? '' : `at ${places.inWords(x)}` }),
  ]);
}
