import type { ChartHost } from '../chartFrame';
import { button, segments, slider, type SliderControl } from '../controls';
import { element } from '../dom';
import { formatNumber } from '../format';
import { heatMap, type HeatMap } from '../heatMap';
import { lineChart } from '../lineChart';
import { FIRST_HEAVY_BALL, FIRST_NAG_GS, type ExplorerPoint } from './explorerPoint';
import { picturesOf, type ExplorerMap, type Pictures } from './pictures';

export interface StabilityExplorer {
  readonly element: HTMLElement;
  /** Where the run stands now; `undefined` without a run, or where it does not say. */
  setLive(point: ExplorerPoint | undefined): void;
  dispose(): void;
}

export interface ExplorerOptions {
  /** Where it begins. */
  readonly first?: ExplorerPoint;
  /** The point has moved. */
  readonly onPoint?: (point: ExplorerPoint) => void;
}

/** A parameter by a slider: its name, its range as powers of ten or as it is. */
interface Knob {
  readonly key: string;
  readonly label: string;
  readonly logarithmic: boolean;
  readonly min: number;
  readonly max: number;
}

const CURVATURES: readonly Knob[] = [
  { key: 'mu', label: 'Least curvature μ', logarithmic: true, min: -6, max: 4 },
  { key: 'largest', label: 'Largest curvature L', logarithmic: true, min: -4, max: 7 },
];
const KNOBS: Readonly<Record<ExplorerPoint['kind'], readonly Knob[]>> = {
  'nag-gs': [
    { key: 'alpha', label: 'Step α', logarithmic: true, min: -5, max: 3 },
    { key: 'gamma', label: 'Scaling γ', logarithmic: true, min: -5, max: 5 },
    ...CURVATURES,
  ],
  'heavy-ball': [
    { key: 'rate', label: 'Learning rate η', logarithmic: true, min: -7, max: 3 },
    { key: 'momentum', label: 'Momentum β', logarithmic: false, min: 0, max: 0.999 },
    ...CURVATURES,
  ],
};
const STEP: Readonly<Record<ExplorerPoint['kind'], string>> = { 'nag-gs': 'α', 'heavy-ball': 'η' };
const NAMES: Readonly<Record<ExplorerMap['parameter'], string>> = { gamma: 'γ', mu: 'μ', momentum: 'β' };

const INTRODUCTION =
  'Near a minimum the loss is a parabola in every direction, flat in some (curvature μ) and steep in others (L). ' +
  'The sliders show how fast an optimizer converges there, how much noise it keeps, and where its steps begin to grow.';

const RADIUS =
  'ρ: the factor by which a step shrinks the distance to the minimum in the long run, on a parabola of curvature λ; above 1 steps grow. In closed form.';
const VARIANCE =
  'Var(x) about the minimum once it has settled, where each coordinate of a gradient has noise of variance 1, on a parabola of curvature λ. In closed form.';

/**
 * What a step does on a parabola: how fast it converges and how much noise it keeps, over its parameters, with the
 * limit of stability, and where the run stands. Sliders move the point; until one is moved it follows the run.
 */
export function stabilityExplorer(
  host: ChartHost,
  { first = FIRST_NAG_GS, onPoint }: ExplorerOptions = {},
): StabilityExplorer {
  let live: ExplorerPoint | undefined;
  let point = first;
  let follows = true;

  const kinds = segments<ExplorerPoint['kind']>(
    'Optimizer',
    [
      { value: 'nag-gs', label: 'NAG-GS' },
      { value: 'heavy-ball', label: 'Heavy ball' },
    ],
    point.kind,
    (kind) => {
      follows = live?.kind === kind;
      setPoint(live?.kind === kind ? live : kind === 'nag-gs' ? FIRST_NAG_GS : FIRST_HEAVY_BALL);
    },
  );
  const back = button('Back to the run', () => {
    if (!live) return;
    follows = true;
    setPoint(live);
  });
  const knobs = element('div', { class: 'knobs' });
  const sentence = element('p', { class: 'quiet', attributes: { role: 'status' } });
  const pictures = element('div', { class: 'charts' });
  const root = element(
    'section',
    { class: 'explorer' },
    element('h2', { text: 'Stability explorer' }),
    element('p', { text: INTRODUCTION }),
    element('div', { class: 'chart-bar' }, kinds.element, back.element),
    knobs,
    sentence,
    pictures,
  );

  let shown: Shown | undefined;

  function setPoint(next: ExplorerPoint): void {
    point = next;
    kinds.set(point.kind);
    if (shown?.kind !== point.kind) {
      shown?.dispose();
      shown = show(point.kind, host, (key, value) => {
        follows = false;
        setPoint({ ...point, [key]: value });
      });
      knobs.replaceChildren(...shown.sliders);
      pictures.replaceChildren(...shown.charts);
    }
    onPoint?.(point);
    back.element.hidden = follows || !live;
    const drawn = picturesOf(point, live);
    shown.draw(point, drawn);
    sentence.textContent = drawn.marks.map(({ label, meaning }) => `${meaning} ${label}`).join(' · ');
  }
  setPoint(point);

  return {
    element: root,
    setLive: (next) => {
      if (JSON.stringify(next) === JSON.stringify(live)) return;
      live = next;
      setPoint(follows && live ? live : point);
    },
    dispose: () => shown?.dispose(),
  };
}

/** The sliders and charts of one kind of optimizer. */
interface Shown {
  readonly kind: ExplorerPoint['kind'];
  readonly sliders: readonly HTMLElement[];
  readonly charts: readonly HTMLElement[];
  draw(point: ExplorerPoint, pictures: Pictures): void;
  dispose(): void;
}

function show(
  kind: ExplorerPoint['kind'],
  host: ChartHost,
  onKnob: (key: string, value: number) => void,
): Shown {
  let marks: Pictures['marks'] = [];
  const sliders = KNOBS[kind].map((knob) => [knob, knobSlider(knob, onKnob)] as const);
  const overStep = (title: string, caption: string, hover: string, limited: boolean) =>
    lineChart(
      {
        title,
        caption,
        hover: () => hover,
        view: { scale: limited ? 'linear' : 'logarithmic', hidden: [] },
        xAxis: 'step',
        xScale: 'logarithmic',
        stepName: STEP[kind],
        stepsAlone: true,
        smoothing: 0,
        uprights: () => marks,
        ...(limited && {
          guides: [{ from: 1, label: 'unstable above', kind: 'bad' as const, side: 'left' as const }],
          yRange: [0, 1.2] as const,
          ceiling: 1.5,
        }),
      },
      host,
    );
  const radius = overStep(
    `Convergence: ρ(${STEP[kind]})`,
    'What a step leaves of the distance to the minimum: the lower, the faster.',
    RADIUS,
    true,
  );
  const variance = overStep(
    `Noise: Var(x) over ${STEP[kind]}`,
    'How far noise keeps the weights from the minimum: the lower, the better.',
    VARIANCE,
    false,
  );
  const maps = new Map<ExplorerMap['parameter'], readonly [radius: HeatMap, variance: HeatMap]>();
  const parameters = kind === 'nag-gs' ? (['gamma', 'mu'] as const) : (['momentum'] as const);
  for (const parameter of parameters) {
    const axes = {
      xTitle: STEP[kind],
      yTitle: NAMES[parameter],
      xScale: 'logarithmic',
      yScale: parameter === 'momentum' ? 'linear' : 'logarithmic',
    } as const;
    const over = `over ${axes.xTitle} and ${axes.yTitle}`;
    maps.set(parameter, [
      heatMap(
        {
          ...axes,
          title: `ρ ${over}`,
          caption: 'Of the slowest direction: faint is fast. Past the dashed line steps grow.',
          valueName: 'ρ',
          hover: () => `${RADIUS} The largest over λ from μ to L.`,
        },
        host,
      ),
      heatMap(
        {
          ...axes,
          title: `Var(x) ${over}`,
          caption: 'Of the noisiest direction: faint is quiet. Past the dashed line steps grow.',
          valueName: 'Var(x)',
          hover: () => `${VARIANCE} The largest over λ from μ to L.`,
          formatValue: (value) => formatNumber(10 ** value, 3),
        },
        host,
      ),
    ]);
  }
  return {
    kind,
    sliders: sliders.map(([, control]) => control.element),
    charts: [radius.element, variance.element, ...[...maps.values()].flat().map((map) => map.element)],
    draw: (point, drawn) => {
      marks = drawn.marks;
      for (const [{ key, logarithmic }, control] of sliders) {
        const value = (point as unknown as Readonly<Record<string, number>>)[key]!;
        control.set(logarithmic ? Math.log10(value) : value);
      }
      radius.setSeries(drawn.radius);
      variance.setSeries(drawn.variance);
      for (const one of drawn.maps) {
        const pair = maps.get(one.parameter);
        pair?.[0].setData(one.radius);
        pair?.[1].setData(one.variance);
      }
    },
    dispose: () => {
      radius.dispose();
      variance.dispose();
      for (const pair of maps.values()) for (const map of pair) map.dispose();
    },
  };
}

function knobSlider(
  { key, label, logarithmic, min, max }: Knob,
  onKnob: (key: string, value: number) => void,
): SliderControl {
  const valueAt = (place: number) => (logarithmic ? 10 ** place : place);
  return slider(
    label,
    { min, max, step: logarithmic ? 0.01 : 0.001 },
    min,
    (place) => formatNumber(valueAt(place), 3),
    (place) => onKnob(key, valueAt(place)),
  );
}
