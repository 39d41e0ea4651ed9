import type { ChartHost } from './chartFrame';
import { chartStack, type ChartStackView } from './chartStack';
import { element, setText } from './dom';
import { metricLabel } from './format';
import { metricGroups } from './metricGroups';
import type { SeriesColumns } from './seriesColumns';

export interface Convergence {
  readonly element: HTMLElement;
  /** The series to show from now on, the same objects may have grown; and whether no more will come. */
  setSeries(series: readonly SeriesColumns[], isOver: boolean): void;
  dispose(): void;
}

/** Charts of all metrics over one horizontal axis: losses, accuracies, and what else is reported. */
export function convergence(
  first: ChartStackView,
  host: ChartHost,
  onView: (view: ChartStackView) => void,
): Convergence {
  const stack = chartStack(first, host, onView);
  const empty = element('p', { class: 'empty' });
  stack.bar.hidden = true;

  return {
    element: element('div', { class: 'convergence' }, stack.bar, empty, stack.list),
    setSeries: (series, isOver) => {
      const groups = metricGroups(series);
      empty.hidden = groups.length > 0;
      setText(
        empty,
        isOver
          ? 'This run ended before its first value.'
          : 'No values yet. The first appear with the first reported step.',
      );
      stack.bar.hidden = groups.length === 0;
      stack.setCharts(groups.map((group) => ({ ...group, label: metricLabel })));
    },
    dispose: () => stack.dispose(),
  };
}
