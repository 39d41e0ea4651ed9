import type { TensorPlan } from '../method';
import { quarterOctaves, rowStep, SMALLEST_STEP } from './rowSteps';
import type { RowSizes } from './rowSizes';

/** The steps of a tensor's rows as its head says them. */
export interface Steps {
  readonly step: number;
  readonly rowQuarters?: Uint8Array;
}

/** No integer is larger: what a step must not fall below for the largest weight of its row. */
const LARGEST_INDEX = 32_000;
/** So that every row's step is finite, and products with small integers too. */
const LARGEST_STEP = 2 ** 125;

/** Rows of more than so many times the median size have the step of such a row. */
const LARGEST_ROW = 2;

/**
 * The steps that a plan means for the rows of a tensor: one for all; or, where it is relative, in proportion
 * to each row's root mean square in quarter octaves, so that all rows have the same rate. Rows far larger
 * than the others have no larger step than they would with twice the median size, for few as they are, the
 * error of the tensor would be theirs. A step that would make integers of more than 16 bits is raised.
 */
export function stepsFor({ step, relative }: TensorPlan, { rms, peaks }: RowSizes): Steps {
  if (relative !== true) {
    const peak = peaks.reduce((largest, p) => Math.max(largest, p), 0);
    return { step: limited(step, peak, LARGEST_STEP) };
  }
  const middle = median(rms.filter((size) => size > 0));
  const limit = LARGEST_ROW * middle;
  const { unit, quarters } = quarterOctaves(
    rms.map((size) => Math.min(size, limit)),
    middle,
  );
  const peak = peaks.reduce((largest, p, row) => Math.max(largest, p / 2 ** (quarters[row]! / 4)), 0);
  const span = quarters.reduce((largest, q) => Math.max(largest, q), 0) / 4;
  return { step: limited(step * unit, peak, LARGEST_STEP / 2 ** span), rowQuarters: quarters };
}

/** The step of each row. */
export function rowStepsOf({ step, rowQuarters }: Steps, rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => rowStep(step, rowQuarters?.[row] ?? 0));
}

function limited(step: number, peak: number, most: number): number {
  return Math.fround(Math.min(Math.max(step, SMALLEST_STEP, peak / LARGEST_INDEX), most));
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? 1;
}
