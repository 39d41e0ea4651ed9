import type { DecompositionTrace, TensorResult } from '../../src/protocol/events';
import type { ChartHost } from '../ui/chartFrame';
import { element, setText } from '../ui/dom';
import { formatCount, formatDecibels, formatNumber, formatShape } from '../ui/format';
import { histogramChart } from '../ui/histogram';
import { lineChart } from '../ui/lineChart';
import { SeriesColumns } from '../ui/seriesColumns';
import { weights } from './tensorColumns';

export interface TensorDetail {
  readonly element: HTMLElement;
  show(tensor: TensorResult | undefined): void;
}

/** How the decomposition of one tensor went: its residual by step, and both factors with their levels. */
export function tensorDetail(host: ChartHost): TensorDetail {
  const name = element('h2');
  const facts = element('p', { class: 'quiet' });
  const none = element('p', { class: 'quiet' });
  const residual = lineChart(
    {
      title: 'Residual of the decomposition',
      view: { scale: 'logarithmic', hidden: [] },
      xAxis: 'step',
      smoothing: 0,
    },
    host,
  );
  const u = histogramChart('Factor u', host);
  const v = histogramChart('Factor v', host);
  const plots = element('div', { class: 'plots' }, residual.element, u.element, v.element);
  const panel = element(
    'section',
    { class: 'tensor-detail', attributes: { 'aria-label': 'The chosen tensor' } },
    element('div', {}, name, facts),
    none,
    plots,
  );
  panel.hidden = true;
  let shown: TensorResult | undefined;

  return {
    element: panel,
    show: (tensor) => {
      if (tensor === shown) return;
      shown = tensor;
      panel.hidden = tensor === undefined;
      if (!tensor) return;
      const trace = tensor.decomposition;
      setText(name, tensor.name);
      setText(facts, describe(tensor));
      plots.hidden = trace === undefined;
      none.hidden = trace !== undefined;
      setText(none, whyNone(tensor));
      if (!trace) return;
      residual.setSeries([residualSeries(trace)]);
      u.setHistogram(trace.histogram.u);
      v.setHistogram(trace.histogram.v);
    },
  };
}

function describe(tensor: TensorResult): string {
  const size = `${formatShape(tensor.shape)}, ${formatCount(weights(tensor))} weights`;
  if (tensor.action === 'kept') return size;
  const trace = tensor.decomposition;
  const constants = trace
    ? ` · max-norm constants ${formatNumber(trace.maxNorm.u, 3)} of u, ${formatNumber(trace.maxNorm.v, 3)} of v`
    : '';
  return `${size} · ${tensor.bits.toFixed(3)} bits a weight · ${formatDecibels(tensor.snrDb)}${constants}`;
}

function whyNone(tensor: TensorResult): string {
  if (tensor.action === 'kept')
    return `Copied unchanged${tensor.reason === undefined ? '' : `: ${tensor.reason}`}.`;
  return 'The method of this run rounds weights directly, so there is no decomposition to draw.';
}

/** ‖r‖₂ / ‖x‖₂ after each step, from 1 before the first. */
function residualSeries({ residual }: DecompositionTrace): SeriesColumns {
  const steps = Float64Array.from(residual, (_, k) => k);
  return SeriesColumns.from({
    name: '‖r‖ / ‖x‖',
    steps,
    epochs: steps,
    seconds: steps,
    values: Float64Array.from(residual),
  });
}
