import type { TensorPlan } from '../method';
import { SMALLEST_STEP } from './rowSteps';
import type { RowSizes } from './rowSizes';

/** No integer is larger: what a step must not fall below for the largest weight. */
const LARGEST_INDEX = 32_000;
/** So that products with small integers are finite too. */
const LARGEST_STEP = 2 ** 125;

/** The step that a plan means for a tensor, a float32; raised where it would make integers of more than 16 bits. */
export function stepFor({ step }: TensorPlan, { peak }: Pick<RowSizes, 'peak'>): number {
  return Math.fround(Math.min(Math.max(step, SMALLEST_STEP, peak / LARGEST_INDEX), LARGEST_STEP));
}
