import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Column, DataSet } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import { UserError } from '../protocol/userError';
import type { Answer, CustomMetric, Experiment, LossFunction, LossName } from './experiment';
import { answerOf, tasksOf, type NamedTask } from './tasks';

/** The losses of a batch: means over its examples. */
export interface Losses {
  /** What training minimises: the weighted sum of the tasks. */
  readonly total: Scalar;
  /** One a task, without its weight; empty where there is but one. */
  readonly byTask: readonly Scalar[];
}

/** A figure over examples: the sum over those of a batch, so that the parts of a split can be added. */
export interface Measure {
  /** As it is reported: `testAccuracy`, `testAccuracyLeft`. */
  readonly name: string;
  readonly higherIsBetter: boolean;
  /** @returns the sum over the `size` examples of the batch */
  total(targets: readonly Tensor[], answer: Answer, size: number): Scalar;
}

/** What an experiment minimises and measures, its tasks in the order of the targets of its batches. */
export interface Objective {
  losses(targets: readonly Tensor[], answer: Answer): Losses;
  /** Whether the losses are known to be means over losses of single examples. */
  readonly areMeans: boolean;
  /** What the training losses of `Losses.byTask` are reported as: `trainLossLeft`. */
  readonly lossNames: readonly string[];
  /** On the test examples: the loss first, those of the tasks, then their metrics. */
  readonly measures: readonly Measure[];
  /** The outputs that a softmax is applied to; `undefined` is a model's only one. */
  readonly logits: readonly (string | undefined)[];
}

type TargetedLoss = (targets: readonly Tensor[], answer: Answer) => Scalar;

/** @throws UserError `data-without-classes` where a loss or a metric needs them */
export function objectiveOf(tf: TensorFlow, experiment: Experiment, { train, test }: DataSet): Objective {
  const tasks = tasksOf(experiment, train);
  const losses = tasks.map((task) => taskLoss(tf, task));
  const isMany = tasks.some(({ name }) => name !== undefined);
  const total = (byTask: readonly Scalar[]): Scalar =>
    byTask
      .map((loss, i) => (tasks[i]!.weight === 1 ? loss : tf.mul<Scalar>(loss, tasks[i]!.weight)))
      .reduce((sum, loss) => tf.add(sum, loss));
  const lossesOf = (targets: readonly Tensor[], answer: Answer): Losses => {
    const byTask = losses.map((loss) => oneValue(tf, loss(targets, answer)));
    return { total: total(byTask), byTask: isMany ? byTask : [] };
  };
  const measures: Measure[] = [
    meanOf(tf, 'testLoss', (...batch) => lossesOf(...batch).total),
    ...(isMany ? tasks.map((task, i) => meanOf(tf, named('testLoss', task), losses[i]!)) : []),
    ...tasks.flatMap((task) => metricsOf(tf, task)),
  ];
  return {
    losses: lossesOf,
    areMeans: tasks.every(({ loss }) => typeof loss === 'string'),
    lossNames: isMany ? tasks.map((task) => named('trainLoss', task)) : [],
    measures: test === undefined ? [] : measures,
    logits: tasks.filter(({ loss }) => loss === 'softmaxCrossEntropy').map(({ name }) => name),
  };
}

function oneValue(tf: TensorFlow, loss: Tensor): Scalar {
  if (loss.size !== 1) throw new Error(`the loss has the shape [${loss.shape.join(', ')}], not one value`);
  return tf.reshape(loss, []);
}

/** `testAccuracy`, and of the task `left` `testAccuracyLeft`. */
function named(metric: string, { name }: NamedTask): string {
  return name === undefined ? metric : `${metric}${capitalized(name)}`;
}

function capitalized(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function taskLoss(tf: TensorFlow, { name, index, loss, target }: NamedTask): TargetedLoss {
  const of = lossFunction(tf, loss, target);
  return (targets, answer) => of(targets[index]!, answerOf(answer, name));
}

function lossFunction(tf: TensorFlow, loss: LossName | LossFunction, target: Column): LossFunction {
  if (typeof loss === 'function') return loss;
  switch (loss) {
    case 'softmaxCrossEntropy':
      if (target.classes === undefined && target.shape.length === 0) {
        throw new UserError(
          'data-without-classes',
          'softmaxCrossEntropy needs to know how many classes there are.',
          'Name their number: arrays({ …, classes: 10 }); or choose meanSquaredError.',
        );
      }
      return (classes, logits) => tf.losses.softmaxCrossEntropy<Tensor, Scalar>(classes, logits);
    case 'meanSquaredError':
      return (values, prediction) => tf.losses.meanSquaredError<Tensor, Scalar>(values, prediction);
  }
}

function metricsOf(tf: TensorFlow, task: NamedTask): Measure[] {
  const { name, index, target } = task;
  const { metrics = target.classes === undefined ? [] : ['accuracy' as const] } = task;
  return metrics.map((metric) => {
    if (metric === 'accuracy') return accuracy(tf, task);
    const of: TargetedLoss = (targets, answer) => metric.of(targets[index]!, answerOf(answer, name));
    return meanOf(tf, named(`test${capitalized(metric.name)}`, task), of, metric);
  });
}

function accuracy(tf: TensorFlow, task: NamedTask): Measure {
  const { name, index, target } = task;
  if (target.classes === undefined && (target.shape[0] ?? 1) < 2) {
    throw new UserError(
      'data-without-classes',
      'The metric accuracy needs classes.',
      'Name their number: arrays({ …, classes: 10 }); or leave accuracy out.',
    );
  }
  return {
    name: named('testAccuracy', task),
    higherIsBetter: true,
    total: (targets, answer) =>
      tf.sum(tf.equal(tf.argMax(targets[index]!, -1), tf.argMax(answerOf(answer, name), -1))),
  };
}

function meanOf(
  tf: TensorFlow,
  name: string,
  of: TargetedLoss,
  { higherIsBetter = false }: Pick<CustomMetric, 'higherIsBetter'> = {},
): Measure {
  return {
    name,
    higherIsBetter,
    total: (targets, answer, size) => tf.mul(of(targets, answer), size),
  };
}
