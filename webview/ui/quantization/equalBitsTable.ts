import { element } from '../dom';
import { formatDecibels } from '../format';
import { drawSample } from '../seriesStyle';
import { onThemeChange } from '../theme';
import type { Curve, Mark } from './curves';
import { bitsFor, shannonLimit, snrAt, type Reading } from './equalBits';
import { methodStyle } from './methodStyle';
import { LIMIT_MEANING, LIMIT_NAME } from './rateDistortionChart';

export interface EqualBitsTable {
  readonly element: HTMLElement;
  /** Curves, and the mark whose bits and quality the others are compared at. */
  setCurves(curves: readonly Curve[], at: Mark | undefined): void;
}

/**
 * All methods at the true bits of the run, where none has an advantage from scales that another does not
 * count; and the bits that each needs for the run's quality.
 */
export function equalBitsTable(): EqualBitsTable {
  const box = element('div', { class: 'equal-bits' });
  let shown: { readonly curves: readonly Curve[]; readonly at: Mark | undefined } | undefined;
  const draw = () => {
    box.hidden = shown?.at === undefined;
    if (shown?.at) box.replaceChildren(...contents(shown.curves, shown.at));
  };
  onThemeChange(draw);
  return {
    element: box,
    setCurves: (curves, at) => {
      shown = { curves, at };
      draw();
    },
  };
}

function contents(curves: readonly Curve[], at: Mark): readonly HTMLElement[] {
  const readings = curves
    .map((curve) => ({
      curve,
      snr: snrAt(curve.marks, at.bits),
      bits: bitsFor(curve.marks, at.snrDb),
    }))
    .sort((a, b) => (b.snr?.value ?? -Infinity) - (a.snr?.value ?? -Infinity));
  const heading = `At ${at.bits.toFixed(2)} true bits a weight`;
  return [
    element('h3', { text: heading }),
    element(
      'div',
      {
        class: 'table-box',
        attributes: { tabindex: '0', role: 'region', 'aria-label': `Table: ${heading}` },
      },
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            head('Method', 'In the order of their quality at equal true bits'),
            head('SNR', 'Signal-to-noise ratio at these true bits, on the straight line between marks', true),
            head('Difference', 'Against the method of this run', true),
            head(
              `Bits for ${formatDecibels(at.snrDb)}`,
              'True bits a weight that the method needs for the quality of this run',
              true,
            ),
          ),
        ),
        element(
          'tbody',
          {},
          limitRow(at),
          ...readings.map(({ curve, snr, bits }) => row(curve, snr, bits, at)),
        ),
      ),
    ),
    element('p', { class: 'note', text: noteOn(readings.flatMap(({ snr, bits }) => [snr, bits])) }),
  ];
}

/** How the figures that are not at a mark came about. */
function noteOn(readings: readonly (Reading | undefined)[]): string {
  const beyond = readings.some((reading) => reading?.kind === 'beyond');
  const none = readings.some((reading) => reading === undefined);
  return [
    'Between two marks, on the straight line.',
    ...(beyond ? ['≈ past the last mark, by at most half a bit, along 6.02 dB a bit.'] : []),
    ...(none ? ['– too far from any mark.'] : []),
  ].join(' ');
}

function head(text: string, title: string, numeric = false): HTMLElement {
  return element('th', { text, title, attributes: { scope: 'col' }, ...(numeric && { class: 'number' }) });
}

function limitRow(at: Mark): HTMLElement {
  const limit = shannonLimit(at.bits);
  return element(
    'tr',
    { class: 'limit', title: LIMIT_MEANING },
    element('th', { text: `${LIMIT_NAME}, Gaussian`, attributes: { scope: 'row' } }),
    number(formatDecibels(limit)),
    number(signed(limit - at.snrDb)),
    number((at.snrDb / shannonLimit(1)).toFixed(2)),
  );
}

function row({ method }: Curve, snr: Reading | undefined, bits: Reading | undefined, at: Mark): HTMLElement {
  const own = method === at.method;
  return element(
    'tr',
    own ? { class: 'own' } : {},
    element('th', { attributes: { scope: 'row' } }, drawSample(methodStyle(method), false), method),
    number(snr ? `${about(snr)}${formatDecibels(snr.value)}` : '–'),
    number(!snr || own ? '' : `${about(snr)}${signed(snr.value - at.snrDb)}`),
    number(bits ? `${about(bits)}${bits.value.toFixed(2)}` : '–'),
  );
}

function number(text: string): HTMLElement {
  return element('td', { class: 'number', text });
}

function about({ kind }: Reading): string {
  return kind === 'beyond' ? '≈ ' : '';
}

function signed(decibels: number): string {
  const rounded = Number(decibels.toFixed(1));
  return `${rounded > 0 ? '+' : ''}${formatDecibels(rounded === 0 ? 0 : rounded)}`;
}
