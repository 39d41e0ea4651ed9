import type { RateFactor } from './rate';

export const DECAYS = ['none', 'linear', 'cosine', 'steps'] as const;

/** How the learning rate, or the α of NAG-GS, changes over a run. Counted in steps. */
export interface RateSchedule {
  /** So many steps lead up to the whole rate, in equal rises; none where absent. */
  readonly warmup?: number;
  /** What comes then; `none` where absent. */
  readonly decay?: (typeof DECAYS)[number];
  /** `linear`, `cosine`: the share of the rate that the end of the last epoch would have; 0 where absent. */
  readonly to?: number;
  /** `steps`: the numbers of steps after which the rate falls. */
  readonly at?: readonly number[];
  /** `steps`: what it is multiplied by each time; 0.1 where absent. */
  readonly factor?: number;
}

/** @param total steps of all epochs, whatever a limit of steps says, so that a run in two parts is the whole run */
export function rateFactor(schedule: RateSchedule, total: number): RateFactor {
  const { warmup = 0, decay = 'none', to = 0, at = [], factor = 0.1 } = schedule;
  return (stepsDone) => {
    if (stepsDone < warmup) return (stepsDone + 1) / warmup;
    const passed = warmup < total ? Math.min(1, (stepsDone - warmup) / (total - warmup)) : 0;
    switch (decay) {
      case 'none':
        return 1;
      case 'linear':
        return 1 - (1 - to) * passed;
      case 'cosine':
        return to + ((1 - to) * (1 + Math.cos(Math.PI * passed))) / 2;
      case 'steps':
        return factor ** at.filter((step) => step <= stepsDone).length;
    }
  };
}
