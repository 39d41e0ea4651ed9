/**
 * Journals of trainings with instruments, made from a seed: a loss that falls to its noise floor under a
 * heavy ball, curvature that grows until it passes the limit, gradients with noise of a known size.
 */
import { Random } from '../../../src/math/random';
import type { RunEvent } from '../../../src/protocol/events';
import type { GradientPlane, InstrumentsEvent, LayerHistogram } from '../../../src/protocol/instruments';

export const LAYERS = ['conv_1', 'conv_2', 'dense_1', 'dense_2'] as const;

export interface InstrumentedRun {
  readonly seed?: number;
  readonly steps?: number;
  /** A heavy ball with η and β, or NAG-GS with α, γ and μ. */
  readonly optimizer?:
    | { readonly learningRate: number; readonly momentum: number }
    | { readonly alpha: number; readonly gamma: number; readonly mu: number };
}

const BATCH = 128;
const START = 1_000_000;
const STEPS_IN_EPOCH = 469;
/** Steps between readings, and from one reading of curvature to the next. */
const EVERY = 10;
const CURVATURE_EVERY = 50;

/** The journal of one such run, up to its last step; it does not say that it is finished. */
export function instrumentedJournal(run: InstrumentedRun = {}): RunEvent[] {
  const { seed = 1, steps = 1000, optimizer = { learningRate: 0.05, momentum: 0.9 } } = run;
  const random = new Random(seed);
  const { eta, beta } = heavyBallOf(optimizer);
  const limit = (2 * (1 + beta)) / eta;
  const events: RunEvent[] = [{ time: START, type: 'started', name: 'MNIST, two convolutions' }];
  for (let step = EVERY; step <= steps; step += EVERY) {
    const time = START + 20 * step;
    const epoch = step / STEPS_IN_EPOCH;
    const decay = Math.exp(-step / 150);
    const curvature = limit * (0.25 + (1.1 * step) / steps) * Math.exp(0.03 * random.normal());
    const loss = (2.2 * decay + 0.06) * Math.exp(0.1 * random.normal());
    events.push({ time, type: 'metrics', step, epoch, values: { trainLoss: loss } });
    const norm = (1.5 * decay + 0.2) * Math.exp(0.1 * random.normal());
    const variance = (30 * decay + 12) * Math.exp(0.1 * random.normal());
    const measuresCurvature = step % CURVATURE_EVERY === 0;
    const reading: InstrumentsEvent = {
      type: 'instruments',
      step,
      epoch,
      values: {
        gradientNorm: norm,
        gradientVariance: variance,
        normTest: Math.sqrt(variance / BATCH) / norm,
        innerProductTest: 0.3 * Math.exp(0.2 * random.normal()),
        orthogonalityTest: 0.9 * Math.exp(0.2 * random.normal()),
        noiseScale: variance / norm ** 2,
        alpha: 0.3 - 0.6 * decay + 0.2 * random.normal(),
        updateRatio: (eta / (1 - beta)) * norm * 1e-2,
        learningRate: eta,
        effectiveStep: eta / (1 - beta),
        momentum: beta,
        updateNorm: (eta / (1 - beta)) * norm,
        distanceFromStart: Math.sqrt(step) * 0.1,
        noiseFloor: 0.04 * (1 - decay) + 1e-3,
        plateau: 0.045 * (1 - decay) + 2e-3,
        ...('alpha' in optimizer && {
          nagGsAlpha: optimizer.alpha,
          nagGsGamma: optimizer.gamma,
          nagGsMu: optimizer.mu,
        }),
        ...(measuresCurvature && {
          largestCurvature: curvature,
          curvatureLimit: limit,
          stabilityMargin: limit / curvature,
          spectralRadius: curvature < limit ? Math.sqrt(beta) : 1.02,
        }),
      },
      byLayer: {
        gradientNorm: LAYERS.map((_, k) => norm * 0.5 ** k * Math.exp(0.1 * random.normal())),
        updateRatio: LAYERS.map((_, k) => 1e-3 * 2 ** k * Math.exp(0.1 * random.normal())),
        deadUnits: LAYERS.map((_, k) => (k === 2 ? Math.min(0.4, step / 2000) : 0.01 * k)),
      },
      ...(step === EVERY && { layers: LAYERS }),
      ...(measuresCurvature && {
        histograms: LAYERS.map((layer) => histogramOf(layer, random)),
        planes: LAYERS.map((layer) => planeOf(layer, random)),
      }),
    };
    events.push({ time, ...reading });
    if (!measuresCurvature) continue;
    events.push({ time, type: 'instrumentCost', step, costs: costsAt(step) });
    events.push({ time, ...stabilityVerdict(step, curvature, limit) });
  }
  return events;
}

/** η and β of the equivalent heavy ball. */
function heavyBallOf(optimizer: NonNullable<InstrumentedRun['optimizer']>) {
  if ('learningRate' in optimizer) return { eta: optimizer.learningRate, beta: optimizer.momentum };
  const { alpha, gamma, mu } = optimizer;
  const shared = (1 + alpha) * (gamma + alpha * mu);
  return { eta: alpha ** 2 / shared, beta: gamma / shared };
}

function costsAt(step: number) {
  return [
    { instrument: 'gradients', quantities: ['gradientNorm', 'gradientVariance', 'normTest'], share: 0.04 },
    { instrument: 'curvature', quantities: ['largestCurvature', 'stabilityMargin'], share: 0.16 },
    { instrument: 'updateRatio', share: 0.01 },
  ].map((cost) => ({ ...cost, readings: step / EVERY, seconds: cost.share * step * 0.02 }));
}

function stabilityVerdict(step: number, curvature: number, limit: number) {
  const stable = curvature < limit;
  return {
    type: 'verdict',
    step,
    id: 'stability',
    level: stable ? 'good' : 'warning',
    text: stable
      ? `The curvature allows a step ${(limit / curvature).toFixed(1)} times as long.`
      : `The step is ${(curvature / limit).toFixed(2)} times what the curvature allows.`,
    ...(!stable && { remedy: 'Lower the learning rate, or warm up for longer.' }),
    evidence: [
      { quantity: 'largestCurvature', value: curvature, limit },
      { quantity: 'stabilityMargin', value: limit / curvature, limit: 1 },
    ],
    field: 'optimizer.learningRate',
  } as const;
}

const BINS = 40;

/** A thousand normal gradients of a layer. */
function histogramOf(layer: string, random: Random): LayerHistogram {
  const counts = new Array<number>(BINS).fill(0);
  for (let i = 0; i < 1000; i++) counts[binOf(random.normal())]! += 1;
  return { of: 'gradients', layer, start: -4e-3, width: 2e-4, counts };
}

/** A thousand pairs of weights and gradients, which pull the weights to zero a little. */
function planeOf(layer: string, random: Random): GradientPlane {
  const counts = new Array<number>(BINS * BINS).fill(0);
  for (let i = 0; i < 1000; i++) {
    const weight = random.normal();
    counts[binOf(weight) * BINS + binOf(0.5 * weight + random.normal())]! += 1;
  }
  return { layer, counts: { start: -4, width: 0.2, bins: BINS, counts } };
}

/** The bin of a value in [−4, 4]; the outer bins count what lies beyond. */
function binOf(value: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor((value + 4) / 0.2)));
}
