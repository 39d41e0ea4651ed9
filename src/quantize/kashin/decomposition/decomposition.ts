/** x ≈ scale · (u + Q v), both factors with small max-norm. */
export interface Decomposition {
  /** Root mean square of x, rounded to float32; the factors are in units of it. */
  readonly scale: number;
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** What each step added to its factor, in the order of the steps. */
  readonly steps: Readonly<Record<Side, readonly number[]>>;
  /** ‖r‖₂ / ‖x‖₂ after each step, starting with 1. */
  readonly residual: readonly number[];
  /**
   * ρ = ‖z‖₁ / (√n·‖z‖₂) before each step and at the end, where z is r or Qᵀr, whichever the step went to: a
   * step multiplies the residual by √(1 − ρ²). About 0.75 to 0.8 in health; see {@link STALLED_FLATNESS}.
   */
  readonly flatness: readonly number[];
  readonly stop: StopCause;
}

/** Which factor a step goes to: `u` in the basis of x, `v` in the basis of Qᵀx. */
export type Side = 'u' | 'v';

export function otherSide(side: Side): Side {
  return side === 'u' ? 'v' : 'u';
}

/**
 * `stalled`: the step sizes fell so far below the residual that the rest would take many times the usual number
 * of steps.
 */
export type StopCause = 'converged' | 'stalled' | 'step limit';

/** A step multiplies the residual by 0.98 at this ρ, where 0.6 to 0.7 is usual. */
export const STALLED_FLATNESS = 0.2;
/** Slow steps in a row that make a stall; single ones occur and pass. */
const STALLED_STEPS = 10;

export interface DecomposeOptions {
  /** Residual to stop at, relative to ‖x‖₂. */
  readonly tolerance: number;
  readonly maxSteps: number;
  /** Go on to the step limit where a stall would end it. */
  readonly patient?: boolean;
}

/** Keeps the record of a decomposition and says when it ends. */
export class Progress {
  private readonly steps: Record<Side, number[]> = { u: [], v: [] };
  private readonly residual = [1];
  private readonly flatness: number[] = [];
  private slowSteps = 0;

  constructor(private readonly options: DecomposeOptions) {}

  /** Notes ρ of the step that would come next; the cause where none should. */
  before(flatness: number): StopCause | undefined {
    const { tolerance, maxSteps, patient = false } = this.options;
    this.flatness.push(flatness);
    if (this.residual.at(-1)! <= tolerance) return 'converged';
    this.slowSteps = flatness < STALLED_FLATNESS ? this.slowSteps + 1 : 0;
    if (this.slowSteps >= STALLED_STEPS && !patient) return 'stalled';
    if (this.residual.length > maxSteps) return 'step limit';
    return undefined;
  }

  after(side: Side, step: number, residual: number): void {
    this.steps[side].push(step);
    this.residual.push(residual);
  }

  record(): Pick<Decomposition, 'steps' | 'residual' | 'flatness'> {
    const { steps, residual, flatness } = this;
    return { steps, residual, flatness };
  }
}

/** That of a vector whose root mean square is zero in float32. */
export function zeroDecomposition(length: number): Decomposition {
  return {
    scale: 0,
    u: new Float32Array(length),
    v: new Float32Array(length),
    steps: { u: [], v: [] },
    residual: [1],
    flatness: [1],
    stop: 'converged',
  };
}
