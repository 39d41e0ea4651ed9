import { HISTOGRAMS_KEPT, type GradientPlane, type LayerHistogram } from '../../../src/protocol/instruments';
import { barChart, type BarChart } from '../barChart';
import type { ChartHost } from '../chartFrame';
import { dropdown } from '../controls';
import { element } from '../dom';
import { formatCount, formatNumber } from '../format';
import { heatMap } from '../heatMap';
import { lineChart } from '../lineChart';
import { ridgePlot, type RidgePlot } from '../ridgePlot';
import { histogramKey, type InstrumentsModel } from './instrumentsModel';
import { layerStrip } from './layerStrip';
import { ordered, scaleOf } from './quantityCharts';
import { costRemark, quantityHover, quantityOf } from './quantityWords';

/** What a person looks at: a quantity over all layers, and one layer in particular. */
export interface LayerChoice {
  readonly quantity: string;
  readonly layer: string;
}

export interface LayerView {
  readonly element: HTMLElement;
  update(model: InstrumentsModel): void;
  dispose(): void;
}

/** A kind of histogram of the layer. */
interface HistogramCharts {
  readonly latest: BarChart;
  readonly overTime: RidgePlot;
}

const KINDS = ['gradients', 'weights', 'updates'] as const;
const TITLES: Readonly<Record<LayerHistogram['of'], string>> = {
  gradients: 'Gradients of the layer',
  weights: 'Weights of the layer',
  updates: 'Updates of the layer',
};
/** How histograms name the model as a whole. */
const ALL = 'all';

/**
 * Quantities by layer: one over all layers as a strip of colours, and, of the layer that is picked there or in the
 * list, its course, its histograms now and over time, and its gradients against its weights.
 */
export function layerView(
  first: LayerChoice,
  host: ChartHost,
  onChoice: (choice: LayerChoice) => void,
): LayerView {
  let choice = first;
  let model: InstrumentsModel | undefined;
  const choose = (next: LayerChoice) => {
    choice = next;
    onChoice(choice);
    if (model) show(model);
  };

  const quantity = dropdown({
    label: 'Quantity',
    onChange: () => choose({ ...choice, quantity: quantity.get() }),
  });
  const layer = dropdown({ label: 'Layer', onChange: () => choose({ ...choice, layer: layer.get() }) });
  const hover = () => quantityHover([choice.quantity], model?.costs ?? []);
  const note = () => costRemark([choice.quantity], model?.costs ?? []);
  const isLogarithmic = () => scaleOf([choice.quantity]) === 'logarithmic';
  const strip = heatMap(
    {
      title: 'All layers',
      caption: 'A row a layer: the fuller, the larger. Picking a row shows its course and its histograms.',
      hover,
      note,
      xTitle: 'step',
      yTitle: 'layer',
      valueName: 'mean',
      xScale: 'linear',
      yScale: 'linear',
      formatX: (step) => formatCount(Math.round(step)),
      formatValue: (value) => formatNumber(isLogarithmic() ? 10 ** value : value),
      onPick: (row) => {
        const name = layersOf(model, choice.quantity).reverse()[row];
        if (name !== undefined) choose({ ...choice, layer: name });
      },
    },
    host,
  );
  const course = lineChart(
    {
      title: 'Course of the layer',
      hover,
      view: { scale: 'logarithmic', hidden: [] },
      xAxis: 'step',
      smoothing: 0,
    },
    host,
  );
  const histograms = new Map<string, HistogramCharts>();
  const ofLayer = element('div', { class: 'charts' });
  const plane = heatMap(
    {
      title: 'Gradients against weights',
      caption: 'Weights by their value and their gradient. A cloud that tilts up: steps shrink the weights.',
      hover: () => 'Pairs of a weight and its gradient, each in units of its root mean square, at one step.',
      xTitle: 'weight / root mean square',
      yTitle: 'gradient / root mean square',
      valueName: 'weights',
      xScale: 'linear',
      yScale: 'linear',
      formatX: (value) => formatNumber(value, 2),
      formatValue: (root) => formatCount(Math.round(root ** 2)),
    },
    host,
  );
  plane.element.querySelector('.plot')?.classList.add('square');
  ofLayer.append(course.element, plane.element);
  const bar = element('div', { class: 'chart-bar pickers' }, quantity.element, layer.element);
  const root = element(
    'section',
    { class: 'by-layer' },
    element('h2', { text: 'By layer' }),
    bar,
    strip.element,
    ofLayer,
  );

  function show(now: InstrumentsModel): void {
    const quantities = ordered([...now.byLayer.keys()]);
    const layers = layersOf(now, choice.quantity);
    const named = [
      ...layers,
      ...[...now.histograms.values()].flatMap((over) => over.slice(0, 1)).map((one) => one.layer),
      ...now.planes.map((one) => one.layer),
    ];
    root.hidden = named.length === 0;
    quantity.setChoices(quantities.map((id) => ({ value: id, label: quantityOf(id).title })));
    layer.setChoices(
      [...new Set(named)].map((name) => ({ value: name, label: name === ALL ? 'the whole model' : name })),
    );
    if (quantities.includes(choice.quantity)) quantity.set(choice.quantity);
    if (named.includes(choice.layer)) layer.set(choice.layer);
    choice = { quantity: quantity.get(), layer: layer.get() };
    showQuantity(now);
    showHistograms(now);
    showPlane(now.planes.find((one) => one.layer === choice.layer));
  }

  function showQuantity({ byLayer }: InstrumentsModel): void {
    const series = byLayer.get(choice.quantity);
    const one = series?.get(choice.layer);
    strip.element.hidden = !series;
    course.element.hidden = !one;
    if (series) strip.setData(layerStrip(series, isLogarithmic()));
    if (one) course.setSeries([one]);
  }

  function showHistograms(now: InstrumentsModel): void {
    for (const kind of KINDS) {
      const overTime = now.histograms.get(histogramKey({ of: kind, layer: choice.layer })) ?? [];
      const one = overTime.at(-1);
      const charts = histograms.get(kind) ?? (one && addHistograms(kind));
      if (!charts) continue;
      charts.latest.element.hidden = !one;
      // One ridge is the histogram above it.
      charts.overTime.element.hidden = overTime.length < 2;
      if (!one) continue;
      charts.overTime.setRidges(overTime);
      const edge = (k: number) => formatNumber(Number((one.start + k * one.width).toPrecision(4)), 3);
      charts.latest.setBars({
        start: one.start,
        width: one.width,
        names: one.counts.map((_, k) => `${edge(k)} to ${edge(k + 1)}`),
        groups: [{ name: `step ${formatCount(one.step)}`, values: one.counts }],
      });
    }
  }

  function addHistograms(kind: LayerHistogram['of']): HistogramCharts {
    const latest = barChart(
      {
        title: TITLES[kind],
        placeName: 'value',
        xTitle: 'value',
        yTitle: 'count',
        fill: 1,
        formatValue: formatCount,
      },
      host,
    );
    const overTime = ridgePlot(
      {
        title: `${TITLES[kind]} over time`,
        xTitle: 'value',
        hover: () =>
          `A ridge a reading, the latest in front, each as high as its fullest bin; at most ${HISTOGRAMS_KEPT}, spread over the run.`,
      },
      host,
    );
    const charts = { latest, overTime };
    histograms.set(kind, charts);
    plane.element.before(latest.element, overTime.element);
    return charts;
  }

  function showPlane(one: GradientPlane | undefined): void {
    plane.element.hidden = !one;
    if (!one) return;
    const { start, width, bins, counts } = one.counts;
    const edges = Array.from({ length: bins + 1 }, (_, k) => start + k * width);
    // By the square root, so that what is rare stays in sight beside what is frequent.
    const roots = new Float64Array(bins * bins);
    for (let u = 0; u < bins; u++) {
      for (let v = 0; v < bins; v++) roots[v * bins + u] = Math.sqrt(counts[u * bins + v] ?? 0) || NaN;
    }
    const most = Math.sqrt(Math.max(1, ...counts));
    plane.setData({ xs: edges, ys: edges, values: roots, range: [0, most] });
  }

  return {
    element: root,
    update: (next) => {
      model = next;
      show(next);
    },
    dispose: () => {
      strip.dispose();
      course.dispose();
      plane.dispose();
      for (const { latest, overTime } of histograms.values()) {
        latest.dispose();
        overTime.dispose();
      }
    },
  };
}

function layersOf(model: InstrumentsModel | undefined, quantity: string): string[] {
  const series = model?.byLayer.get(quantity) ?? [...(model?.byLayer.values() ?? [])][0];
  return [...(series?.keys() ?? [])];
}
