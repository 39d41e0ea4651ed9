import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Split } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import { UserError } from '../protocol/userError';
import type { CustomMetric, Experiment, LossFunction } from './experiment';

/** A figure over examples: the sum over those of a batch, so that the parts of a split can be added. */
export interface Measure {
  /** As it is reported: `testAccuracy`. */
  readonly name: string;
  readonly higherIsBetter: boolean;
  /** @returns the sum over the `size` examples of the batch */
  total(target: Tensor, prediction: Tensor, size: number): Scalar;
}

/** The loss of an experiment as a function of target and prediction: the mean over the batch. */
export function lossOf(tf: TensorFlow, { loss }: Experiment, { y }: Split): LossFunction {
  if (typeof loss === 'function') return loss;
  switch (loss) {
    case 'softmaxCrossEntropy':
      if (y.classes === undefined && y.shape.length === 0) {
        throw new UserError(
          'data-without-classes',
          'softmaxCrossEntropy needs to know how many classes there are.',
          'Name their number: arrays({ …, classes: 10 }); or choose meanSquaredError.',
        );
      }
      return (target, logits) => tf.losses.softmaxCrossEntropy<Tensor, Scalar>(target, logits);
    case 'meanSquaredError':
      return (target, prediction) => tf.losses.meanSquaredError<Tensor, Scalar>(target, prediction);
  }
}

/** What is measured on the test examples: the loss first, then the experiment's metrics. */
export function measuresOf(tf: TensorFlow, experiment: Experiment, split: Split): readonly Measure[] {
  const { metrics = split.y.classes === undefined ? [] : ['accuracy' as const] } = experiment;
  const loss = lossOf(tf, experiment, split);
  return [
    fromMean(tf, { name: 'loss', of: loss }),
    ...metrics.map((metric) => (metric === 'accuracy' ? accuracy(tf, split) : fromMean(tf, metric))),
  ];
}

function accuracy(tf: TensorFlow, { y }: Split): Measure {
  if (y.classes === undefined && (y.shape[0] ?? 1) < 2) {
    throw new UserError(
      'data-without-classes',
      'The metric accuracy needs classes.',
      'Name their number: arrays({ …, classes: 10 }); or leave accuracy out.',
    );
  }
  return {
    name: 'testAccuracy',
    higherIsBetter: true,
    total: (target, prediction) => tf.sum(tf.equal(tf.argMax(target, -1), tf.argMax(prediction, -1))),
  };
}

function fromMean(tf: TensorFlow, { name, of, higherIsBetter = false }: CustomMetric): Measure {
  return {
    name: `test${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    higherIsBetter,
    total: (target, prediction, size) => tf.mul(of(target, prediction), size),
  };
}
