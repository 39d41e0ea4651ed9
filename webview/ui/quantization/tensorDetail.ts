import type { DecompositionTrace, TensorResult } from '../../../src/protocol/events';
import type { ChartHost } from '../chartFrame';
import { element, setText } from '../dom';
import { formatCount, formatDecibels, formatNumber, formatShape } from '../format';
import type { Guide } from '../guides';
import { lineChart } from '../lineChart';
import { SeriesColumns } from '../seriesColumns';
import { tiles, type Tile } from '../tiles';
import { courseOf } from './course';
import { HEALTHY, healthOf, STALLED } from './health';
import { histogramChart } from './histogram';
import { jointChart } from './jointChart';
import { weights } from './wholeModel';

export interface TensorDetail {
  readonly element: HTMLElement;
  show(tensor: TensorResult | undefined): void;
}

const GUIDES: readonly Guide[] = [
  { from: HEALTHY[0], to: HEALTHY[1], label: `healthy ${HEALTHY[0]} to ${HEALTHY[1]}`, kind: 'good' },
  { from: STALLED, label: `stalls below ${STALLED}`, kind: 'bad' },
];

/**
 * Why one tensor lost what it lost: the levels among its weights or factors, and how its decomposition
 * went.
 */
export function tensorDetail(host: ChartHost): TensorDetail {
  const name = element('h3', { class: 'name' });
  const facts = element('p', { class: 'quiet' });
  const figures = tiles('The decomposition');
  const none = element('p', { class: 'quiet' });
  const line = { smoothing: 0, xAxis: 'step', stepsAlone: true } as const;
  const residual = lineChart(
    {
      ...line,
      title: 'Residual of the decomposition',
      caption: 'What each step leaves of the tensor; what the last one leaves is lost.',
      view: { scale: 'logarithmic', hidden: [] },
    },
    host,
  );
  const flatness = lineChart(
    {
      ...line,
      title: 'Health ratio ρ',
      caption: 'How much of what is left a step can take: it multiplies it by √(1 − ρ²).',
      view: { scale: 'linear', hidden: [] },
      guides: GUIDES,
      yRange: [0, 1],
    },
    host,
  );
  const joint = jointChart(host);
  const u = histogramChart('Factor u', host);
  const v = histogramChart('Factor v', host);
  const direct = histogramChart('Weights', host);
  const course = element('div', { class: 'course' });
  const steps = element('div', { class: 'plots' }, residual.element, flatness.element);
  const factors = element(
    'div',
    { class: 'plots factors' },
    joint.element,
    element('div', { class: 'plots' }, u.element, v.element),
  );
  const panel = element(
    'section',
    { class: 'tensor-detail', attributes: { 'aria-label': 'The chosen tensor' } },
    element('div', {}, name, facts),
    none,
    figures.element,
    course,
    direct.element,
    factors,
    steps,
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
      const { decomposition: trace, histogram } = tensor;
      setText(name, tensor.name);
      setText(facts, describe(tensor));
      none.hidden = trace !== undefined || histogram !== undefined;
      setText(none, whyNone(tensor));
      figures.set(trace ? decompositionTiles(tensor, trace) : []);
      course.replaceChildren(...courseOf(trace).map((text) => element('p', { text })));
      direct.element.hidden = histogram === undefined;
      if (histogram) direct.setHistogram(histogram);
      steps.hidden = factors.hidden = trace === undefined;
      if (!trace) return;
      residual.setSeries([seriesOf('‖r‖ / ‖x‖', trace.residual)]);
      flatness.element.hidden = trace.flatness === undefined;
      if (trace.flatness) flatness.setSeries([seriesOf('ρ', trace.flatness)]);
      joint.element.hidden = trace.joint === undefined;
      factors.classList.toggle('with-joint', trace.joint !== undefined);
      if (trace.joint) joint.setHistogram(trace.joint);
      u.setHistogram(trace.histogram.u);
      v.setHistogram(trace.histogram.v);
    },
  };
}

function describe(tensor: TensorResult): string {
  const size = `${formatShape(tensor.shape)}, ${formatCount(weights(tensor))} weights`;
  if (tensor.action === 'kept') return size;
  const output = tensor.outputError;
  return [
    size,
    `${tensor.bits.toFixed(3)} bits a weight`,
    formatDecibels(tensor.snrDb),
    ...(output === undefined ? [] : [`error of the layer’s output ${formatNumber(output, 3)}`]),
  ].join(' · ');
}

function whyNone(tensor: TensorResult): string {
  if (tensor.action === 'kept')
    return `Copied unchanged${tensor.reason === undefined ? '' : `: ${tensor.reason}`}.`;
  return 'The method of this run rounds weights directly, so there is no decomposition to draw.';
}

function decompositionTiles(tensor: TensorResult, trace: DecompositionTrace): readonly Tile[] {
  const health = healthOf(trace);
  const constant = (factor: 'u' | 'v'): Tile => ({
    label: `Max-norm constant of ${factor}`,
    value: formatNumber(trace.maxNorm[factor], 3),
    note: `√N·‖${factor}‖∞ / ‖x‖₂`,
    title: `√N·‖${factor}‖∞ / ‖x‖₂: how far the largest entry of ${factor} stands above the mean size of the weights. The flatter, the fewer bits it needs.`,
  });
  return [
    {
      label: 'Steps',
      value: formatCount(tensor.iterations),
      note: `residual ${formatNumber(trace.residual.at(-1) ?? 1, 2)}`,
      title: 'Steps of the decomposition, and ‖r‖ / ‖x‖ after the last of them: what is left over and lost',
    },
    ...(health
      ? [
          {
            label: 'Health ratio ρ',
            value: formatNumber(health.mean, 3),
            note: `${health.verdict}; lowest ${formatNumber(health.lowest, 3)}`,
            title:
              'Mean of ρ = ‖r‖₁ / (√N·‖r‖₂) over the steps, each in its own basis: it multiplies the residual by √(1 − ρ²)',
          },
        ]
      : []),
    constant('u'),
    constant('v'),
  ];
}

/** Values of the residual that is left after 0, 1, 2, … steps. */
function seriesOf(name: string, values: readonly number[]): SeriesColumns {
  const steps = Float64Array.from(values, (_, k) => k);
  return SeriesColumns.from({
    name,
    steps,
    epochs: steps,
    seconds: steps,
    values: Float64Array.from(values),
  });
}
