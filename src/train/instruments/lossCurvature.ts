import type { Tensor1D } from '@tensorflow/tfjs';
import type { DataSet } from '../../data/dataSet';
import type { TensorFlow } from '../../engine/engine';
import { Random } from '../../math/random';
import { takeBatch } from '../batches/batch';
import type { Experiment } from '../experiment';
import { streamSeed } from '../randomness';
import type { TrainableModel } from '../trainableModel';
import type { BatchGradients } from './batchGradients';
import { Curvature } from './curvature';

export interface MeasuredLoss {
  readonly tf: TensorFlow;
  readonly experiment: Experiment;
  readonly data: DataSet;
  readonly model: TrainableModel;
  readonly gradients: BatchGradients;
}

/**
 * Measures the curvature of the loss in training on one fixed batch, the same whenever it is called, with the same
 * random numbers.
 * @param measure is also given the seed of what it draws
 */
export function withLossCurvature<T>(
  { tf, experiment, data, model, gradients }: MeasuredLoss,
  measure: (curvature: Curvature, seed: number) => T,
): T {
  const seed = streamSeed(experiment.seed, 'curvature');
  const size = Math.min(experiment.batchSize, data.train.size);
  const examples = new Random(seed).permutation(data.train.size).subarray(0, size);
  const { x, y } = takeBatch(tf, data.train, { examples });
  const gradientAt = (): Tensor1D => {
    const { loss, gradient } = gradients.of(x, y, seed);
    loss.dispose();
    return gradient;
  };
  try {
    const variables = model.trainable.map(({ variable }) => variable);
    return measure(new Curvature(tf, variables, gradientAt), seed);
  } finally {
    tf.dispose([x, ...y]);
  }
}
