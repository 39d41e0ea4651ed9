import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { CompileMode } from '../protocol/compileMode';
import type { DataSource } from '../data/source';
import type { RateSchedule } from './optimizers/rateSchedule';
import type { AugmentOptions } from './batches/augment';
import type { InstrumentSettings } from './instruments/plan';
import type { LastLayerSettings } from './lastLayer/settings';
import type { OptimizerSettings } from './optimizers/settings';

/** Losses by name. Both are means over the examples of a batch; the first takes logits. */
export const LOSS_NAMES = ['softmaxCrossEntropy', 'meanSquaredError'] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/**
 * A loss of your own: the mean over a batch, differentiable by TensorFlow.js. `target` is one-hot where
 * the data have classes; `prediction` is what the model returns.
 */
export type LossFunction = (target: Tensor, prediction: Tensor) => Scalar;

/** A figure measured on the test examples, beside the loss. */
export interface CustomMetric {
  /** In camelCase: `absoluteError` is reported as `testAbsoluteError`. */
  readonly name: string;
  /** The mean over a batch. */
  readonly of: (target: Tensor, prediction: Tensor) => Scalar;
  readonly higherIsBetter?: boolean;
}

/** One of the tasks of a model that has several. */
export interface Task {
  /** Minimised, with those of the other tasks. */
  readonly loss: LossName | LossFunction;
  /** What its loss is multiplied by in the sum that training minimises; 1 where absent. */
  readonly weight?: number;
  /** Measured on the test examples; `['accuracy']` where absent and its target has classes. */
  readonly metrics?: readonly ('accuracy' | CustomMetric)[];
}

/**
 * Losses of several tasks that share a model, which is trained to minimise their weighted sum. A task has one name
 * everywhere: that of its target in the data, and of the model's output (the name of the layer that gives it, or
 * the key in what `forward` returns). The loss of `left` is reported as `trainLossLeft`.
 */
export type TaskLosses = Readonly<Record<string, LossName | LossFunction | Task>>;

/** What a model answers: one tensor, or one for each task by name. */
export type Answer = Tensor | Readonly<Record<string, Tensor>>;

/** A model that is not a `tf.LayersModel`. */
export interface CustomModel {
  /**
   * What the model answers to a batch `[examples, ...]`, by the names of the tasks where there are several.
   * `training` is false while testing.
   */
  forward(x: Tensor, training: boolean): Answer;
  /** Every variable under the name that checkpoints shall know it by. */
  readonly variables: Readonly<Record<string, Variable>>;
}

export type Parameters = Readonly<Record<string, number | string | boolean>>;

/** What `defineExperiment` takes: everything that a training run needs to know. */
export interface Experiment<P extends Parameters = Parameters> {
  /** For people: `MNIST, two dense layers`. */
  readonly name: string;
  /**
   * `mnist()`, `fashionMnist()`, `multiMnist()`, `cifar10()`, `cifar100()`, `text({ … })`, `csv({ … })`, `npz({ … })`,
   * `emails({ … })`, `arrays({ … })`, or a function that returns the latter.
   */
  readonly data: DataSource;
  /** Changes the images of every training batch at random; tests see them as they are. */
  readonly augment?: AugmentOptions;
  /** Numbers of your own that `--set parameters.NAME=VALUE` can change; `model` receives them. */
  readonly parameters?: P;
  /** Builds the model with fresh weights. */
  readonly model: (parameters: P) => LayersModel | CustomModel;
  /** What is minimised; of several tasks one loss each: `{ left: 'softmaxCrossEntropy', right: { loss: …, weight: 0.5 } }`. */
  readonly loss: LossName | LossFunction | TaskLosses;
  /** Measured on the test examples; `['accuracy']` where absent and the data have classes. Several tasks have their own. */
  readonly metrics?: readonly ('accuracy' | CustomMetric)[];
  /**
   * What moves the weights, and its numbers: `sgd`, `momentum`, `adam`, `adamw`, `lion`, `nag-gs`,
   * `schedule-free-adamw` or `muon`.
   */
  readonly optimizer: OptimizerSettings;
  /**
   * Experimental: moves the last dense layer by itself, along the flow of each batch's loss, before the optimizer
   * moves the others. The optimizer moves all where absent.
   */
  readonly lastLayer?: LastLayerSettings;
  /** How the learning rate changes over the run; it stays where absent. */
  readonly schedule?: RateSchedule;
  /** Gradients with a larger norm, over all variables, are shortened to this one; none are where absent. */
  readonly clipNorm?: number;
  /**
   * Decay, such as 0.999, of a mean of the weights over steps. The model is tested and saved with the mean;
   * checkpoints hold both. No mean is kept where absent.
   */
  readonly averageWeights?: number;
  /**
   * Takes the gradients of a batch in so many parts, one after the other, which needs less memory and gives
   * the same step: but for layers that look at a whole batch, such as batch normalization. 1 where absent.
   */
  readonly accumulate?: number;
  /** Examples in a step. */
  readonly batchSize: number;
  /** Passes over the training examples. */
  readonly epochs: number;
  /** Of initial weights, order of examples, dropout and everything else random; 0 to 2³² − 1. */
  readonly seed: number;
  /** Keep weights and optimizer state after every epoch, to resume from; true where absent. */
  readonly checkpoints?: boolean;
  /**
   * How steps run on the tensorflow engine: `fused` compiles a step into one graph and uses TensorFlow's own
   * ops for the optimizer, `exact` keeps the optimizer's arithmetic, `off` runs every op by itself. `fused`
   * where absent.
   */
  readonly compile?: CompileMode;
  /**
   * How much is measured of gradients, curvature and steps: `off`, `economy`, `standard` or `full`, or
   * `{ preset, every }` to read after every so many steps. `standard` where absent; it changes nothing of the
   * training.
   */
  readonly instruments?: InstrumentSettings;
  /** Test after so many epochs, and at the end; 1 where absent. */
  readonly evaluateEvery?: number;
}

/** Describes a training run; an experiment's file exports the result as its default. */
export function defineExperiment<P extends Parameters>(experiment: Experiment<P>): Experiment<P> {
  return experiment;
}
