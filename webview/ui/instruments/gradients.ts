import type { ChartHost } from '../chartFrame';
import { chartStack, FIRST_STACK_VIEW, type ChartStackView } from '../chartStack';
import { element } from '../dom';
import { costTable } from './costTable';
import { isInstrumented } from './instrumentsModel';
import type { InstrumentsTab, TabOptions } from './instrumentsTab';
import { layerView, type LayerChoice } from './layerView';
import { quantityCharts } from './quantityCharts';
import { verdictList } from './verdictList';

/** What a person chose in the tab. */
export interface GradientsView {
  readonly stack: ChartStackView;
  readonly choice: LayerChoice;
}

export const FIRST_GRADIENTS_VIEW: GradientsView = {
  stack: FIRST_STACK_VIEW,
  choice: { quantity: '', layer: '' },
};

interface GradientsOptions extends TabOptions<GradientsView> {
  /** Opens the line of the experiment that a verdict concerns; absent where there is no editor. */
  readonly showField?: (field: string) => void;
}

/** What the readings mean, the gradients of the model and of its layers, and what measuring costs. */
export function gradients(host: ChartHost, options: GradientsOptions): InstrumentsTab {
  let { view } = options;
  const change = (next: Partial<GradientsView>) => {
    view = { ...view, ...next };
    options.onView(view);
  };
  const empty = element('p', {
    class: 'empty',
    text: 'This run has no instruments. With instruments: ‘standard’ in the experiment they read gradients while it trains.',
  });
  const verdicts = verdictList(options.showField);
  const stack = chartStack(view.stack, host, (next) => change({ stack: next }));
  const layers = layerView(view.choice, host, (choice) => change({ choice }));
  const costs = costTable();
  return {
    element: element(
      'div',
      { class: 'instruments' },
      empty,
      verdicts.element,
      element('div', {}, stack.bar, stack.list),
      layers.element,
      costs.element,
    ),
    update: (model) => {
      const charts = quantityCharts('gradients', model);
      empty.hidden = isInstrumented(model);
      stack.bar.hidden = charts.length === 0;
      verdicts.set(model.verdicts);
      stack.setCharts(charts);
      layers.update(model);
      costs.set(model.costs);
    },
    dispose: () => {
      stack.dispose();
      layers.dispose();
    },
  };
}
