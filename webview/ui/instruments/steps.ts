import type { ChartHost } from '../chartFrame';
import { chartStack, type ChartStackView } from '../chartStack';
import { element } from '../dom';
import { pointOf } from '../explorer/explorerPoint';
import { stabilityExplorer } from '../explorer/stabilityExplorer';
import type { InstrumentsTab, TabOptions } from './instrumentsTab';
import { quantityCharts } from './quantityCharts';

/**
 * How far steps go and how far they may: effective step, momentum, the curvature against the optimizer's limit,
 * noise, distance; and the stability explorer with the run's place in it.
 */
export function steps(host: ChartHost, options: TabOptions<ChartStackView>): InstrumentsTab {
  const empty = element('p', {
    class: 'empty',
    text: 'This run says nothing of its steps. With instruments: ‘standard’ in the experiment they are measured while it trains.',
  });
  const stack = chartStack(options.view, host, options.onView);
  const explorer = stabilityExplorer(host);
  return {
    element: element(
      'div',
      { class: 'instruments' },
      empty,
      element('div', {}, stack.bar, stack.list),
      explorer.element,
    ),
    update: (model) => {
      const charts = quantityCharts('step', model);
      empty.hidden = charts.length > 0;
      stack.bar.hidden = charts.length === 0;
      stack.setCharts(charts);
      explorer.setLive(pointOf(model));
    },
    dispose: () => {
      stack.dispose();
      explorer.dispose();
    },
  };
}
