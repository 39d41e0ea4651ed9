/** A step, and the bits a weight that it takes. */
export interface Trial {
  /** Binary logarithm of the step. */
  readonly logStep: number;
  readonly bits: number;
}

export interface ClosingIn {
  readonly isGood: (trial: Trial) => boolean;
  /** Most trials. */
  readonly trials: number;
}

/** Bits that twice the step saves, about, until trials show it. */
const SLOPE = -0.97;
/** What a slope between two trials is believed to be at most and at least. */
const STEEPEST = -4;
const FLATTEST = -0.3;

/** So many trials go by the line alone. */
const LINE_TRIALS = 4;
/** Octaves between the trials beside it. */
const BESIDE = 2 ** -11;

/** Where so many octaves change nothing, the step is limited by something else. */
const WITHOUT_EFFECT = 0.25;

/** Tries steps, each by the line through the two best before, until a trial is good; returns all. */
export async function closeIn(
  attempt: (logStep: number) => Promise<Trial>,
  start: number,
  target: number,
  { isGood, trials }: ClosingIn,
): Promise<Trial[]> {
  const tried = [await attempt(start)];
  while (tried.length < trials && !tried.some(isGood)) {
    const [best, other] = tried.toSorted((a, b) => distance(a, target) - distance(b, target)) as [
      Trial,
      Trial?,
    ];
    const measured = other && (best.bits - other.bits) / (best.logStep - other.logStep);
    const slope =
      measured !== undefined && measured < 0 ? Math.min(Math.max(measured, STEEPEST), FLATTEST) : SLOPE;
    // Bytes come in jumps: where the line no longer leads nearer, the trials go on beside the best.
    const lost = tried.length > LINE_TRIALS ? (tried.length - LINE_TRIALS) * BESIDE : 0;
    const next = await attempt(
      best.logStep + (target - best.bits) / slope + (tried.length % 2 ? lost : -lost),
    );
    tried.push(next);
    if (next.bits === best.bits && Math.abs(next.logStep - best.logStep) > WITHOUT_EFFECT) break;
  }
  return tried;
}

/**
 * The trial that comes nearest to `bits` from below, or else that of the fewest bits. Where weights are of a
 * kind that hardly costs bits, all of one value perhaps, far smaller steps need not take more and go first.
 */
export function bestTrial(trials: readonly Trial[], bits: number): Trial {
  const fitting = trials.filter((trial) => trial.bits <= bits);
  if (fitting.length === 0) return trials.reduce((best, trial) => (trial.bits < best.bits ? trial : best));
  const smallest = fitting.reduce((least, { logStep }) => Math.min(least, logStep), Infinity);
  return fitting
    .filter(({ logStep }) => logStep <= smallest + WITHOUT_EFFECT)
    .reduce((best, trial) => (trial.bits > best.bits ? trial : best));
}

function distance(trial: Trial, bits: number): number {
  return Math.abs(trial.bits - bits);
}
