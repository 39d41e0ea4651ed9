import type { InstrumentCost } from '../../../src/protocol/instruments';
import { dataTable } from '../dataTable';
import { element } from '../dom';
import { formatDuration } from '../format';
import { quantityOf, shareText } from './quantityWords';

export interface CostTable {
  readonly element: HTMLElement;
  set(costs: readonly InstrumentCost[]): void;
}

/** What each instrument has cost up to now, the dearest first, and all of them together. */
export function costTable(): CostTable {
  const body = element('div');
  const root = element('section', {}, element('h2', { text: 'What measuring costs' }), body);
  let shown: readonly InstrumentCost[] | undefined;
  return {
    element: root,
    set: (costs) => {
      root.hidden = costs.length === 0;
      if (costs === shown) return;
      shown = costs;
      const sorted = [...costs].sort((a, b) => b.share - a.share);
      const sum = (of: (cost: InstrumentCost) => number) =>
        costs.reduce((total, cost) => total + of(cost), 0);
      body.replaceChildren(
        dataTable({
          caption: 'What measuring costs',
          columns: ['Instrument', 'Readings', 'Time', 'Share of the run', 'What it reads'],
          rows: [
            ...sorted.map(({ instrument, quantities = [instrument], readings, seconds, share }) => [
              instrument,
              readings,
              formatDuration(seconds),
              shareText(share),
              quantities.map((id) => quantityOf(id).title).join(', '),
            ]),
            [
              'all',
              undefined,
              formatDuration(sum((cost) => cost.seconds)),
              shareText(sum((cost) => cost.share)),
              '',
            ],
          ],
        }),
      );
    },
  };
}
