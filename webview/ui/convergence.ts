import type { ChartHost } from './chartFrame';
import { chartStack, type ChartStackView } from './chartStack';
import { element } from './dom';
import { metricLabel } from './format';
import { metricGroups } from './metricGroups';
import type { SeriesColumns } from './seriesColumns';

export interface Convergence {
  readonly element: HTMLElement;
  /** The series to show from now on; the same objects may have grown. */
  setSeries(series: readonly SeriesColumns[]): void;
  dispose(): void;
}

/** Charts of all metrics over one horizontal axis: losses, accuracies, and what else is reported. */
export function convergence(
  first: ChartStackView,
  host: ChartHost,
  onView: (view: ChartStackView) => void,
): Convergence {
  const stack = chartStack(first, host, onView);
  const empty = element('p', {
    class: 'empty',
    text: 'No values yet. The first appear with the first reported step.',
  });
  stack.bar.hidden = true;

  return {
    element: element('div', { class: 'convergence' }, stack.bar, empty, stack.list),
    setSeries: (series) => {
      const groups = metricGroups(series);
      empty.hidden = groups.length > 0;
      stack.bar.hidden = groups.length === 0;
      stack.setCharts(groups.map((group) => ({ ...group, label: metricLabel })));
    },
    dispose: () => stack.dispose(),
  };
}
