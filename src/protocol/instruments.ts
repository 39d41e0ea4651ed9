/**
 * What the instruments of a training run say: quantities of gradients, curvature and steps, beside the loss.
 * The journal carries them as events; a panel draws them from what is written here of each quantity.
 */
import type { JointHistogram } from './events';

/** How much is measured: nothing; what is nearly free; what costs a tenth of the time at most; everything. */
export const INSTRUMENT_PRESETS = ['off', 'economy', 'standard', 'full'] as const;
export type InstrumentPreset = (typeof INSTRUMENT_PRESETS)[number];

/** Readings at one step. All may hold NaN and infinities, which travel as texts. */
export interface InstrumentsEvent {
  readonly type: 'instruments';
  readonly step: number;
  /** Epochs passed, a real number. */
  readonly epoch: number;
  /** Of the model as a whole, by identifier: see `QUANTITIES`. */
  readonly values: Readonly<Record<string, number>>;
  /** The same by layer: one column a quantity, in the order of `layers`. */
  readonly byLayer?: Readonly<Record<string, readonly number[]>>;
  /** Names of the layers; said in the first event that has `byLayer`, and again where they change. */
  readonly layers?: readonly string[];
  readonly histograms?: readonly LayerHistogram[];
  readonly planes?: readonly GradientPlane[];
}

/** So many histograms of a kind and layer are kept of a run, spread over its steps; the journal has all. */
export const HISTOGRAMS_KEPT = 24;

/** How values are spread over a layer. */
export interface LayerHistogram {
  readonly of: 'gradients' | 'weights' | 'updates';
  /** `all` for the whole model. */
  readonly layer: string;
  /** Left edge of the first bin, and width of every bin; what lies beyond is counted in the outer bins. */
  readonly start: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Gradients against weights, counted in the plane: u are weights and v gradients, each in units of its root mean square. */
export interface GradientPlane {
  readonly layer: string;
  readonly counts: Omit<JointHistogram, 'centroids'>;
}

/** What an instrument has cost up to now. Depends on the machine, like the times of events. */
export interface InstrumentCostEvent {
  readonly type: 'instrumentCost';
  readonly step: number;
  readonly costs: readonly InstrumentCost[];
}

export interface InstrumentCost {
  /** Identifier of the instrument, which may read several quantities. */
  readonly instrument: string;
  /** Identifiers of what it reads; absent where the instrument is named after its one quantity. */
  readonly quantities?: readonly string[];
  readonly readings: number;
  /** Seconds in all, and as a share of the run's time so far. */
  readonly seconds: number;
  readonly share: number;
}

/** What the readings mean, in words. A later verdict of the same `id` replaces an earlier one. */
export interface VerdictEvent {
  readonly type: 'verdict';
  readonly step: number;
  /** `stability`, `noise`, `overshoot`, `dead-units` … */
  readonly id: string;
  /** `good` takes an earlier warning back. */
  readonly level: 'good' | 'notice' | 'warning';
  /** One sentence: `The step is 1.3 times what the curvature allows.` */
  readonly text: string;
  /** One sentence of what to do; absent where nothing is to be done. */
  readonly remedy?: string;
  readonly evidence: readonly {
    /** Identifier of a quantity. */
    readonly quantity: string;
    readonly value: number;
    /** What it was compared with. */
    readonly limit?: number;
    readonly layer?: string;
  }[];
  /** The field of the experiment that it concerns, whose line an editor marks: `optimizer.learningRate`, `batchSize`. */
  readonly field?: string;
}

/** Where a panel shows a quantity. */
export type InstrumentTab = 'gradients' | 'step';

/** What a person reads of a quantity. */
export interface Quantity {
  readonly title: string;
  readonly tab: InstrumentTab;
  /** Quantities of one group share a chart. */
  readonly group: string;
  readonly unit?: string;
  readonly scale: 'linear' | 'log';
  /** How it is estimated, in one sentence, for the hover. */
  readonly estimator: string;
  /** A value that divides good from bad, drawn as a line. */
  readonly guide?: { readonly value: number; readonly label: string };
}

/** Every quantity that instruments read, by identifier. B examples in a batch, g their mean gradient. */
export const QUANTITIES: Readonly<Record<string, Quantity>> = {
  gradientNorm: {
    title: 'Gradient norm',
    tab: 'gradients',
    group: 'Gradient norm',
    scale: 'log',
    estimator: '‖g‖₂ of the gradient of the step’s batch, penalties included.',
  },
  gradientVariance: {
    title: 'Gradient variance',
    tab: 'gradients',
    group: 'Gradient variance',
    scale: 'log',
    estimator: 'tr C, the summed variance of one example’s gradient, without bias, from parts of the batch.',
  },
  normTest: {
    title: 'Norm test',
    tab: 'gradients',
    group: 'Tests of the batch size',
    scale: 'log',
    estimator: '√(tr C / (B·‖g‖²)): noise of the batch’s gradient over its length.',
    guide: { value: 1, label: 'noise = signal' },
  },
  innerProductTest: {
    title: 'Inner-product test',
    tab: 'gradients',
    group: 'Tests of the batch size',
    scale: 'log',
    estimator: 'Deviation of the parts’ gradients along g, over ‖g‖, for the whole batch.',
  },
  orthogonalityTest: {
    title: 'Orthogonality test',
    tab: 'gradients',
    group: 'Tests of the batch size',
    scale: 'log',
    estimator: 'Deviation of the parts’ gradients across g, over ‖g‖, for the whole batch.',
  },
  noiseScale: {
    title: 'Gradient noise scale',
    tab: 'gradients',
    group: 'Gradient noise scale',
    unit: 'examples',
    scale: 'log',
    estimator:
      'B_simple = tr C / ‖G‖², both without bias and smoothed over readings: the batch size above which larger batches save few steps.',
  },
  gradientSnr: {
    title: 'Signal-to-noise ratio',
    tab: 'gradients',
    group: 'Signal-to-noise ratio',
    scale: 'log',
    estimator: 'Mean over weights of g² / variance of one example’s gradient, where there is any variance.',
  },
  alpha: {
    title: 'Step position α',
    tab: 'gradients',
    group: 'Step position',
    scale: 'linear',
    estimator:
      'From a parabola through losses and slopes at both ends of a step: 0 ends at the bottom of the valley, 1 on the other side at the same height.',
    guide: { value: 0, label: 'bottom of the valley' },
  },
  updateRatio: {
    title: 'Update over weights',
    tab: 'gradients',
    group: 'Update over weights',
    scale: 'log',
    estimator: '‖Δw‖₂ / ‖w‖₂ of one step.',
    guide: { value: 1e-3, label: '10⁻³, a usual value' },
  },
  weightNorm: {
    title: 'Weight norm',
    tab: 'step',
    group: 'Distance',
    scale: 'log',
    estimator: '‖w‖₂ before the step.',
  },
  deadUnits: {
    title: 'Dead units',
    tab: 'gradients',
    group: 'Dead units',
    scale: 'linear',
    estimator: 'Share of a layer’s outputs whose weights had no gradient at all from the step’s batch.',
  },
  learningRate: {
    title: 'Learning rate',
    tab: 'step',
    group: 'Step',
    scale: 'log',
    estimator: 'η of the step, after its schedule.',
  },
  effectiveStep: {
    title: 'Effective step',
    tab: 'step',
    group: 'Step',
    scale: 'log',
    estimator: 'η / (1 − β): how far a gradient moves the weights in the end, in units of gradient descent.',
  },
  momentum: {
    title: 'Momentum',
    tab: 'step',
    group: 'Momentum',
    scale: 'linear',
    estimator: 'β of the equivalent heavy ball.',
  },
  updateNorm: {
    title: 'Update norm',
    tab: 'step',
    group: 'Distance',
    scale: 'log',
    estimator: '‖Δw‖₂ of one step.',
  },
  distanceFromStart: {
    title: 'Distance from start',
    tab: 'step',
    group: 'Distance',
    scale: 'log',
    estimator: '‖w − w₀‖₂.',
  },
  largestCurvature: {
    title: 'Largest curvature λmax',
    tab: 'step',
    group: 'Curvature',
    scale: 'log',
    estimator:
      'Lanczos’s method on Hessian-vector products by central differences of gradients, on a fixed batch; in Adam’s coordinates where the optimizer has any.',
  },
  curvatureLimit: {
    title: 'Limit of the optimizer',
    tab: 'step',
    group: 'Curvature',
    scale: 'log',
    estimator:
      'The curvature above which the optimizer’s steps grow on a parabola: 2(1 + β) / s, s = effective step · (1 − β).',
  },
  stabilityMargin: {
    title: 'Stability margin',
    tab: 'step',
    group: 'Stability margin',
    scale: 'log',
    estimator: 'Limit of the optimizer over λmax: below 1 its steps grow.',
    guide: { value: 1, label: 'unstable below' },
  },
  splittingConsistency: {
    title: 'Splitting consistency',
    tab: 'step',
    group: 'Splitting consistency',
    scale: 'log',
    estimator:
      'Of the last layer: how far a step of SGD on the batch ends from the exact flow of the batch’s loss in the same time, over the length of the flow’s way; on at most 64 examples.',
    guide: { value: 1.3, label: 'too long above' },
  },
  hessianTrace: {
    title: 'Trace of the Hessian',
    tab: 'step',
    group: 'Trace of the Hessian',
    scale: 'log',
    estimator: 'Hutchinson’s estimator with random signs, on a fixed batch.',
  },
  noiseFloor: {
    title: 'Predicted noise floor',
    tab: 'step',
    group: 'Noise floor',
    scale: 'log',
    estimator:
      '½ Σ λ·Var(w), the excess loss that gradient noise keeps up, as effective step · tr C / 4B: exact for curvatures far below the limit.',
  },
  plateau: {
    title: 'Plateau of the loss',
    tab: 'step',
    group: 'Noise floor',
    scale: 'log',
    estimator: 'Mean of the last 128 training losses above the lowest mean of eight of them.',
  },
  spectralRadius: {
    title: 'Spectral radius ρ',
    tab: 'step',
    group: 'Spectral radius',
    scale: 'linear',
    estimator: 'Largest |eigenvalue| of the optimizer’s step on a parabola of curvature λmax.',
    guide: { value: 1, label: 'unstable above' },
  },
  nagGsAlpha: { title: 'α', tab: 'step', group: 'NAG-GS', scale: 'log', estimator: 'Step of NAG-GS.' },
  nagGsGamma: {
    title: 'γ',
    tab: 'step',
    group: 'NAG-GS',
    scale: 'log',
    estimator: 'Scaling of NAG-GS after the step; it tends to μ where it is updated.',
  },
  nagGsMu: {
    title: 'μ',
    tab: 'step',
    group: 'NAG-GS',
    scale: 'log',
    estimator: 'Strong convexity that NAG-GS assumes.',
  },
};
