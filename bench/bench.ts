/** A figure measured several times. */
export interface Measured {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One thing that is measured, beside what others reach. The shape is that of `--json`. */
export interface BenchRow {
  /** Stable, for programs: `dependent.gap.balanced.3`. */
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly ours: Measured;
  /** Others' figures in the same unit, measured here or as they published them, by name and source. */
  readonly peers: Readonly<Record<string, Measured>>;
  /** Ours over theirs. */
  readonly ratio?: Readonly<Record<string, number>>;
  /** What nobody can pass. */
  readonly limit?: number;
  /** What is to be reached. */
  readonly target?: number;
  readonly note?: string;
}

/** What neural networks are computed on. */
export const DEVICES = ['cpu', 'gpu'] as const;
export type Device = (typeof DEVICES)[number];

export interface BenchContext {
  /** A smaller measurement, that all benches of a name end within a minute. */
  readonly quick: boolean;
  readonly device: Device;
  /** Says what is being measured. */
  progress(text: string): void;
}

/** A part of a bench, such as all that is measured of one method. */
export type RowSource = (context: BenchContext) => AsyncIterable<BenchRow> | Iterable<BenchRow>;

export interface Bench {
  readonly name: string;
  readonly what: string;
  /** Its parts, by the names that `--only` takes. */
  readonly sources: Readonly<Record<string, RowSource>>;
  /** Installs what peers need into an environment of the bench's own; absent where they need nothing. */
  setup?(context: BenchContext): Promise<void>;
  /**
   * Makes sure that it can run on a GPU of this machine; absent where it computes on the CPU alone.
   * @throws UserError that says what is missing
   */
  requireGpu?(): Promise<void>;
}
