/** Writes dy/dt at `state` to `slope`; both `[n]`. It depends on the state alone. */
export type VectorField = (state: Float64Array, slope: Float64Array) => void;

export interface IntegrationOptions {
  /** The error of a step, root mean square over the numbers, is held below absolute + relative · size of each. */
  readonly relativeTolerance: number;
  readonly absoluteTolerance: number;
  /** Steps with control of the error, tried ones included. */
  readonly maxSteps: number;
  /** A step so short that no control is needed for it to be stable: 2 / Lipschitz constant of the field, say. */
  readonly stableStep: number;
}

export interface Integration {
  /** Calls of the field. */
  readonly evaluations: number;
  /** Up to what time the error was under control: the duration, unless `maxSteps` ran out. */
  readonly controlled: number;
  /** Up to what time the state was moved. */
  readonly reached: number;
}

// Dormand and Prince (1980), RK5(4)7M: the last stage of a step is the first of the next.
const STAGES: readonly (readonly number[])[] = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** Fifth order less fourth. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

const SAFETY = 0.9;
const LEAST_FACTOR = 0.2;
const LARGEST_FACTOR = 10;

/**
 * Moves a state along a field for a time, by Dormand and Prince's pair of orders 5 and 4 with steps as long as
 * the tolerances allow. A stiff field keeps the steps short; where `maxSteps` are used up, as many more of
 * `stableStep` follow, and the motion ends where they do.
 *
 * @param state `[n]`; overwritten
 * @param duration ≥ 0
 */
export function integrate(
  field: VectorField,
  state: Float64Array,
  duration: number,
  options: IntegrationOptions,
): Integration {
  const step = new Step(field, state);
  if (duration === 0) return { evaluations: step.evaluations, controlled: 0, reached: 0 };
  let time = 0;
  let length = Math.min(duration, step.firstLength(options));
  for (let tried = 0; tried < options.maxSteps && time < duration; tried++) {
    const last = length >= duration - time;
    const taken = last ? duration - time : length;
    step.compute(taken);
    const error = step.error(taken, options);
    // Of an infinite error nothing can be told but that the step was too long.
    const factor = Number.isFinite(error) ? SAFETY * error ** -0.2 : LEAST_FACTOR;
    length = taken * Math.min(LARGEST_FACTOR, Math.max(LEAST_FACTOR, factor));
    if (!(error <= 1)) continue;
    step.accept();
    time = last ? duration : time + taken;
  }
  const controlled = time;
  for (let more = 0; more < options.maxSteps && time < duration; more++) {
    const taken = Math.min(options.stableStep, duration - time);
    step.compute(taken);
    step.accept();
    time = taken < options.stableStep ? duration : time + taken;
  }
  return { evaluations: step.evaluations, controlled, reached: time };
}

/** The seven stages at a state, and the state after them. */
class Step {
  evaluations = 0;
  private readonly slopes: Float64Array[];
  private readonly next: Float64Array;

  constructor(
    private readonly field: VectorField,
    private readonly state: Float64Array,
  ) {
    this.slopes = Array.from({ length: STAGES.length + 1 }, () => new Float64Array(state.length));
    this.next = new Float64Array(state.length);
    this.evaluate(state, this.slopes[0]!);
  }

  /** A first length (Hairer, Nørsett and Wanner, II.4): no farther than a hundredth of the state in Euler's step. */
  firstLength({ relativeTolerance, absoluteTolerance }: IntegrationOptions): number {
    const { state, next, slopes } = this;
    const [slope, probe] = slopes as [Float64Array, Float64Array];
    const weight = (i: number) => 1 / (absoluteTolerance + relativeTolerance * Math.abs(state[i]!));
    const size = rootMeanSquare(state.length, (i) => state[i]! * weight(i));
    const speed = rootMeanSquare(state.length, (i) => slope[i]! * weight(i));
    const first = size < 1e-5 || speed < 1e-5 ? 1e-6 : (0.01 * size) / speed;
    for (let i = 0; i < state.length; i++) next[i] = state[i]! + first * slope[i]!;
    this.evaluate(next, probe);
    const bend = rootMeanSquare(state.length, (i) => (probe[i]! - slope[i]!) * weight(i)) / first;
    const most = Math.max(speed, bend);
    const second = most <= 1e-15 ? Math.max(1e-6, first * 1e-3) : (0.01 / most) ** 0.2;
    return Math.min(100 * first, second);
  }

  compute(length: number): void {
    const { state, next, slopes } = this;
    STAGES.forEach((weights, stage) => {
      for (let i = 0; i < state.length; i++) {
        let moved = 0;
        for (let k = 0; k <= stage; k++) moved += weights[k]! * slopes[k]![i]!;
        next[i] = state[i]! + length * moved;
      }
      this.evaluate(next, slopes[stage + 1]!);
    });
  }

  /** What the two orders differ by, in units of the tolerance. */
  error(length: number, { relativeTolerance, absoluteTolerance }: IntegrationOptions): number {
    const { state, next, slopes } = this;
    return rootMeanSquare(state.length, (i) => {
      let difference = 0;
      for (let k = 0; k < ERROR.length; k++) difference += ERROR[k]! * slopes[k]![i]!;
      const size = Math.max(Math.abs(state[i]!), Math.abs(next[i]!));
      return (length * difference) / (absoluteTolerance + relativeTolerance * size);
    });
  }

  accept(): void {
    this.state.set(this.next);
    this.slopes.unshift(this.slopes.pop()!);
  }

  private evaluate(state: Float64Array, slope: Float64Array): void {
    this.field(state, slope);
    this.evaluations++;
  }
}

function rootMeanSquare(length: number, value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += value(i) ** 2;
  return Math.sqrt(sum / Math.max(1, length));
}
