/**
 * What is known of the inputs x of a layer. `hessian`: E[x xᵀ]. `moments`: its diagonal, E[x²]. `lookups`:
 * for a table of vectors, how often each is looked up, as a share; that is E[x²] of inputs that are 1 for
 * one row and 0 for all others.
 */
export const STATISTICS_KINDS = ['hessian', 'moments', 'lookups'] as const;
export type StatisticsKind = (typeof STATISTICS_KINDS)[number];

/** What is known of the inputs x of one layer. */
export interface LayerStatistics {
  readonly kind: StatisticsKind;
  readonly inputs: number;
  /** Row-major `[inputs, inputs]`, or `[inputs]`. */
  readonly values: Float64Array;
  /** Number of vectors x that were averaged over. */
  readonly samples: number;
  /** Whether the layer's weights are `[outputs, inputs]`; else they are `[inputs, outputs]`. */
  readonly outputsFirst: boolean;
}

/** What is known of one layer without its numbers. */
export type LayerSummary = Omit<LayerStatistics, 'values'> & {
  /**
   * How sensitive the model is to the layer's weights: error of the model's output, relative to the output,
   * over the square of the step κ, when row c of this layer alone is coded with the step κ·U_cc.
   */
  readonly sensitivity?: number;
};

/** A layer with its statistics, read at each call. */
export interface CalibratedLayer {
  readonly summary: LayerSummary;
  readStatistics(): Promise<LayerStatistics>;
}

/** Statistics of a model's layers, which are read one by one: those of a large model do not fit in memory. */
export interface CalibrationData {
  /** What went through the model, for people: `200 lines of mails.txt`. */
  readonly source: string;
  /** By the name of the weights. */
  readonly layers: ReadonlyMap<string, LayerSummary>;
  /** The statistics of one of the layers. */
  read(tensor: string): Promise<LayerStatistics>;
  close(): Promise<void>;
}
