import type { RateDistortion } from '../../../src/protocol/events';
import type { ChartHost } from '../chartFrame';
import { element } from '../dom';
import { formatCount, formatDecibels } from '../format';
import { curvesOf, type ChosenRun } from './curves';
import { equalBitsTable } from './equalBitsTable';
import { LIMIT_MEANING, rateDistortionChart, type RateDistortionView } from './rateDistortionChart';

export interface Comparison {
  readonly elements: readonly HTMLElement[];
  /** @param runs the runs that stand out; the others are compared at the bits of the first of them */
  set(measured: RateDistortion, runs: readonly ChosenRun[]): void;
}

/** This model's rate–distortion picture, and all methods at equal true bits. */
export function comparison(
  first: RateDistortionView,
  host: ChartHost,
  onView: (view: RateDistortionView) => void,
): Comparison {
  const chart = rateDistortionChart(first, host, onView);
  const table = equalBitsTable();
  const sample = element('p');
  const reading = element('div', { class: 'reading quiet' }, sample, element('p', { text: LIMIT_MEANING }));
  return {
    elements: [chart.element, element('div', { class: 'compared' }, table.element, reading)],
    set: ({ rows, sampled }, runs) => {
      const curves = curvesOf(rows, runs);
      sample.textContent =
        `Measured on ${formatCount(sampled.weights)} weights of ${formatCount(sampled.tensors)} tensors of this model. ` +
        `Bits are true ones: codes, scales, levels and tables are counted. ${runs.flatMap(wholeRun).join(' ')}`;
      chart.setCurves(curves);
      const chosen = curves.flatMap(({ marks }) => marks).filter((mark) => mark.chosen);
      const spec = runs[0]?.spec;
      const method = spec?.job === 'quantize' ? spec.method : undefined;
      table.setCurves(curves, chosen.find((mark) => mark.method === method) ?? chosen[0]);
    },
  };
}

/** What a run itself came to, on all its weights and with bits spared where a tensor needs fewer. */
function wholeRun({ spec, summary }: ChosenRun): readonly string[] {
  if (spec.job !== 'quantize' || !summary) return [];
  const { snrDb, bitsPerWeight } = summary;
  return [
    `The whole model by ${spec.method} in this run: ${formatDecibels(snrDb)} at ${bitsPerWeight.weights.toFixed(2)} bits.`,
  ];
}
