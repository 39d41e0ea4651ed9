import type { TensorEntry } from '../../modelfile/model';
import { GATHERED } from './inputStatistics';
import { MOST_INPUTS } from './layerInputs';

/**
 * Cuts tensors into groups whose statistics together take at most about `bytes` while they are gathered, one
 * tensor at least; the model goes over its samples once for each group. The order stays.
 */
export function cutIntoPasses(
  tensors: readonly TensorEntry[],
  bytes: number,
): readonly (readonly TensorEntry[])[] {
  const passes: TensorEntry[][] = [];
  let held = 0;
  for (const tensor of tensors) {
    const needed = statisticsBytes(tensor);
    const current = passes.at(-1);
    if (current !== undefined && held + needed <= bytes) {
      current.push(tensor);
      held += needed;
    } else {
      passes.push([tensor]);
      held = needed;
    }
  }
  return passes;
}

/**
 * Bytes of a layer's statistics and of the vectors that wait to be multiplied. Which side of the matrix are its
 * inputs shows when the model runs; until then the one counts that needs more.
 */
function statisticsBytes({ shape, size }: TensorEntry): number {
  const columns = shape.at(-1) ?? 1;
  return Math.max(...[columns, size / columns].map(bytesFor));
}

function bytesFor(inputs: number): number {
  const sums = 8 * (inputs > MOST_INPUTS ? inputs : inputs * inputs);
  return sums + 4 * GATHERED * inputs;
}
