import type { Histogram } from '../../../src/protocol/events';
import { barChart } from '../barChart';
import type { ChartHost } from '../chartFrame';
import { formatCount, formatNumber } from '../format';

export interface HistogramChart {
  readonly element: HTMLElement;
  setHistogram(histogram: Histogram): void;
  dispose(): void;
}

/** Where a factor's entries lie, in units of their root mean square, and the levels that stand for them. */
export function histogramChart(title: string, host: ChartHost): HistogramChart {
  const chart = barChart(
    {
      title,
      placeName: 'value',
      xTitle: 'value / root mean square',
      yTitle: 'weights',
      fill: 1,
      formatValue: formatCount,
    },
    host,
  );
  return {
    element: chart.element,
    setHistogram: ({ start, width, counts, centroids }) => {
      const edge = (k: number) => formatNumber(Number((start + k * width).toPrecision(4)), 3);
      chart.setBars({
        start,
        width,
        names: counts.map((_, k) => `${edge(k)} to ${edge(k + 1)}`),
        groups: [{ name: 'weights', values: counts }],
        ...(centroids.length > 0 && { marks: { name: 'centroids', places: centroids } }),
      });
    },
    dispose: () => chart.dispose(),
  };
}
