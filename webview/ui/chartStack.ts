import type { ChartHost } from './chartFrame';
import { segments, slider } from './controls';
import { element } from './dom';
import { lineChart, type LineChart, type LineChartOptions, type LineChartView } from './lineChart';
import type { SeriesColumns, XAxis } from './seriesColumns';
import { extent } from './trace';

/** What a person chose for charts above each other, by the title of each chart. */
export interface ChartStackView {
  readonly xAxis: XAxis;
  /** Weight of the moving average, from 0 to below 1. */
  readonly smoothing: number;
  readonly charts: Readonly<Record<string, LineChartView>>;
}

export const FIRST_STACK_VIEW: ChartStackView = { xAxis: 'step', smoothing: 0, charts: {} };

/** One chart of a stack: its series, and how it is drawn when it is first shown. */
export interface StackedChart extends Pick<
  LineChartOptions,
  'title' | 'caption' | 'guides' | 'label' | 'hover' | 'note' | 'limit'
> {
  readonly series: readonly SeriesColumns[];
  readonly scale?: LineChartView['scale'];
}

export interface ChartStack {
  /** Choices that hold for all charts: the horizontal axis and smoothing. */
  readonly bar: HTMLElement;
  readonly list: HTMLElement;
  /** The charts to show from now on; those that were shown before stay, and their series may have grown. */
  setCharts(charts: readonly StackedChart[]): void;
  dispose(): void;
}

/** Charts above each other over one horizontal axis: they zoom together. */
export function chartStack(
  first: ChartStackView,
  host: ChartHost,
  onView: (view: ChartStackView) => void,
): ChartStack {
  let view = first;
  const charts = new Map<string, LineChart>();
  let shown: readonly SeriesColumns[] = [];
  const change = (next: Partial<ChartStackView>) => {
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
    ).element,
    element('span', {
      class: 'quiet keys',
      text: 'Drag to zoom, Shift-drag to move, double-click for all',
    }),
  );
  const list = element('div', { class: 'charts' });

  const alignCharts = () => {
    const traces = shown.map((series) => ({ xs: series.axis(view.xAxis) }));
    for (const chart of charts.values()) chart.setExtent(extent(traces));
  };

  const add = (stacked: StackedChart): LineChart => {
    const { title, scale = 'linear' } = stacked;
    const chart = lineChart(
      {
        ...stacked,
        view: view.charts[title] ?? { scale, hidden: [] },
        xAxis: view.xAxis,
        smoothing: view.smoothing,
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
    bar,
    list,
    setCharts: (all) => {
      shown = all.flatMap(({ series }) => series);
      for (const one of all) (charts.get(one.title) ?? add(one)).setSeries(one.series);
      alignCharts();
    },
    dispose: () => {
      for (const chart of charts.values()) chart.dispose();
      charts.clear();
    },
  };
}
