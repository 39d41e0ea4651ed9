import type { InstrumentPreset } from '../../protocol/instruments';
import type { Detail } from './stepReadings';

/** What reads quantities together, because they need the same computation. */
export const INSTRUMENTS = ['gradients', 'position', 'noise', 'curvature', 'splitting'] as const;
export type Instrument = (typeof INSTRUMENTS)[number];

export type InstrumentSettings =
  | InstrumentPreset
  | {
      readonly preset: InstrumentPreset;
      /** Read everything after every so many steps, whatever it costs, instead of when the preset does. */
      readonly every?: number;
    };

interface Due {
  /** What a reading costs, in passes: one is the forward and backward pass of a step. */
  readonly passes: number;
  /** Part of a long run's passes that readings may take. */
  readonly share: number;
}

/** How much each preset reads. */
export interface Reach {
  readonly detail: Detail;
  readonly due: Partial<Readonly<Record<Instrument, Due>>>;
  /** Parts that a batch is divided into for its noise, at most. */
  readonly parts: number;
  /** Products of Lanczos's method, and probes of the trace. */
  readonly products: number;
  readonly probes: number;
}

/** Each product takes two gradients, the first direction one. */
const curvaturePasses = (products: number, probes: number): number => 2 * (products + probes) + 1;

const REACHES: Readonly<Record<InstrumentPreset, Reach>> = {
  off: { detail: { histograms: false, planes: false }, due: {}, parts: 0, products: 0, probes: 0 },
  economy: {
    detail: { histograms: false, planes: false },
    due: { gradients: { passes: 0.5, share: 0.005 } },
    parts: 0,
    products: 0,
    probes: 0,
  },
  standard: {
    detail: { histograms: true, planes: false },
    due: {
      gradients: { passes: 1.5, share: 0.01 },
      position: { passes: 1.5, share: 0.004 },
      noise: { passes: 3, share: 0.0055 },
      curvature: { passes: curvaturePasses(6, 1), share: 0.013 },
    },
    parts: 8,
    products: 6,
    probes: 1,
  },
  full: {
    detail: { histograms: true, planes: true },
    due: {
      gradients: { passes: 2, share: 0.05 },
      position: { passes: 1.5, share: 0.03 },
      noise: { passes: 6, share: 0.045 },
      curvature: { passes: curvaturePasses(10, 4), share: 0.06 },
      splitting: { passes: 10, share: 0.015 },
    },
    parts: 32,
    products: 10,
    probes: 4,
  },
};

/** Readings are denser in the first steps, as if √(HEAD_START·k) steps more had passed after k. */
const HEAD_START = 900;

/**
 * Which instrument reads which step. It depends on the number of the step alone, neither on time nor on the
 * length of the run, so that a journal is repeatable and a resumed run reads what a whole one would have read.
 */
export class ReadingPlan {
  readonly reach: Reach;
  private readonly every: number | undefined;

  constructor(settings: InstrumentSettings) {
    const { preset, every } =
      typeof settings === 'string' ? { preset: settings } : { every: undefined, ...settings };
    this.reach = REACHES[preset];
    this.every = every;
  }

  /** @param step counted from 1 */
  isDue(instrument: Instrument, step: number): boolean {
    const due = this.reach.due[instrument];
    if (due === undefined || step < 1) return false;
    if (this.every !== undefined) return step % this.every === 0;
    return readings(due, step) > readings(due, step - 1);
  }

  /** What readings have cost after so many steps, in passes of a step. */
  passes(steps: number): number {
    let passes = 0;
    for (const due of Object.values(this.reach.due)) {
      passes +=
        due.passes * (this.every === undefined ? readings(due, steps) : Math.floor(steps / this.every));
    }
    return passes;
  }
}

function readings({ passes, share }: Due, steps: number): number {
  return Math.floor((share / passes) * (steps + Math.sqrt(HEAD_START * steps)));
}
