import type { Split } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import { takeBatch } from './batches/batch';
import type { Measure } from './objective';
import { Pace } from './pace';
import type { TrainableModel } from './trainableModel';

/**
 * Measures a model on every example of a split, in order, `batchSize` at a time.
 * @returns the mean of each measure over the examples, by name; `undefined` where `signal` was aborted
 */
export async function evaluate(
  tf: TensorFlow,
  model: TrainableModel,
  split: Split,
  measures: readonly Measure[],
  batchSize: number,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>> | undefined> {
  const totals = new Float64Array(measures.length);
  const pace = new Pace();
  for (let start = 0; start < split.size; start += batchSize) {
    if (signal?.aborted === true) return undefined;
    const size = Math.min(batchSize, split.size - start);
    const sums = tf.tidy(() => {
      const examples = Uint32Array.from({ length: size }, (_, i) => start + i);
      const { x, y } = takeBatch(tf, split, { examples });
      const answer = model.apply(x, false);
      return tf.stack(measures.map((measure) => tf.cast(measure.total(y, answer, size), 'float32')));
    });
    try {
      (await sums.data()).forEach((sum, i) => (totals[i]! += sum));
    } finally {
      sums.dispose();
    }
    if (pace.isDue()) await pace.giveWay();
  }
  return Object.fromEntries(measures.map(({ name }, i) => [name, totals[i]! / split.size]));
}
