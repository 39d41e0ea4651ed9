import type { ChartHost } from './chartFrame';
import { segments, slider } from './controls';
import { element } from './dom';
import { metricLabel } from './format';
import { lineChart, type LineChart, type LineChartView } from './lineChart';
import { metricGroups } from './metricGroups';
import type { SeriesColumns, XAxis } from './seriesColumns';
import { extent } from './trace';

/** What a person chose for the charts of a run, by the title of each chart. */
export interface ConvergenceView {
  readonly xAxis: XAxis;
  /** Weight of the moving average, from 0 to below 1. */
  readonly smoothing: number;
  readonly charts: Readonly<Record<string, LineChartView>>;
}

export const FIRST_CONVERGENCE_VIEW: ConvergenceView = { xAxis: 'step', smoothing: 0, charts: {} };

export interface Convergence {
  readonly element: HTMLElement;
  /** The series to show from now on; the same objects may have grown. */
  setSeries(series: readonly SeriesColumns[]): void;
  dispose(): void;
}

/** Charts of all metrics over one horizontal axis: losses, accuracies, and what else is reported. */
export function convergence(
  first: ConvergenceView,
  host: ChartHost,
  onView: (view: ConvergenceView) => void,
): Convergence {
  let view = first;
  const charts = new Map<string, LineChart>();
  let shown: readonly SeriesColumns[] = [];
  const change = (next: Partial<ConvergenceView>) => {
    view = { ...view, ...next };
    onView(view);
  };

  const bar = element(
    'div',
    { class: 'chart-bar' },
    segments<XAxis>(
      'Horizontal axis',
      [
        { value: 'step', label: 'Step' },
        { value: 'epoch', label: 'Epoch' },
        { value: 'time', label: 'Time' },
      ],
      view.xAxis,
      (xAxis) => {
        change({ xAxis });
        for (const chart of charts.values()) chart.setXAxis(xAxis);
        alignCharts();
      },
    ).element,
    slider(
      'Smoothing',
      { min: 0, max: 0.99, step: 0.01 },
      view.smoothing,
      (weight) => weight.toFixed(2),
      (smoothing) => {
        change({ smoothing });
        for (const chart of charts.values()) chart.setSmoothing(smoothing);
      },
    ),
    element('span', {
      class: 'quiet keys',
      text: 'Drag to zoom, Shift-drag to move, double-click for all',
    }),
  );
  const empty = element('p', {
    class: 'empty',
    text: 'No values yet. The first appear with the first reported step.',
  });
  const list = element('div', { class: 'charts' });
  bar.hidden = true;

  /** Charts above each other show the same steps. */
  const alignCharts = () => {
    const traces = shown.map((series) => ({ xs: series.axis(view.xAxis) }));
    for (const chart of charts.values()) chart.setExtent(extent(traces));
  };

  const add = (title: string): LineChart => {
    const chart = lineChart(
      {
        title,
        view: view.charts[title] ?? { scale: 'linear', hidden: [] },
        xAxis: view.xAxis,
        smoothing: view.smoothing,
        label: metricLabel,
        onView: (next) => {
          change({ charts: { ...view.charts, [title]: next } });
          for (const other of charts.values()) if (other !== chart) other.setXRange(next.x);
        },
      },
      host,
    );
    charts.set(title, chart);
    list.append(chart.element);
    return chart;
  };

  return {
    element: element('div', { class: 'convergence' }, bar, empty, list),
    setSeries: (series) => {
      shown = series;
      const groups = metricGroups(series);
      empty.hidden = groups.length > 0;
      bar.hidden = groups.length === 0;
      for (const group of groups) (charts.get(group.title) ?? add(group.title)).setSeries(group.series);
      alignCharts();
    },
    dispose: () => {
      for (const chart of charts.values()) chart.dispose();
      charts.clear();
    },
  };
}
