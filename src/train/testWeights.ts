import type { TensorFlow } from '../engine/engine';
import type { Quality } from '../protocol/events';
import { withTrainedExperiment } from './trainedExperiment';

/** Weights before and after something was done to them: two model files. */
export interface WeightsPair {
  readonly before: string;
  readonly after: string;
}

/**
 * Tests two sets of weights of one experiment on all of its test data.
 * @param experiment absolute path of its file
 * @returns its loss and metrics, named as in its runs; none where it has no test data; `undefined` where `signal` was
 *   aborted
 * @throws UserError those of loading experiment, data and weights
 */
export async function testWeights(
  tf: TensorFlow,
  experiment: string,
  { before, after }: WeightsPair,
  signal: AbortSignal,
): Promise<readonly Quality[] | undefined> {
  return withTrainedExperiment(tf, experiment, before, async ({ name, data, training }) => {
    if (data.test === undefined) return [];
    const original = await training.test(signal);
    await training.load(after);
    const changed = await training.test(signal);
    if (original === undefined || changed === undefined) return undefined;
    return training.measures.map(({ name: metric, higherIsBetter }) => ({
      task: `test data of ${name}`,
      metric,
      before: original[metric]!,
      after: changed[metric]!,
      higherIsBetter,
      samples: data.test!.size,
    }));
  });
}
