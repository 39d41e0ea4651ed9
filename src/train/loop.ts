import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Scalar, Variable } from '@tensorflow/tfjs';
import type { DataSet } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import type { OutputEvent, RunEventBody } from '../protocol/events';
import { UserError } from '../protocol/userError';
import { epochOrder, takeBatch, type Batch } from './batches';
import { restoreCheckpoint, saveCheckpoint, saveModel, type Identity } from './checkpoint';
import { DivergenceWatch } from './divergence';
import { evaluate } from './evaluate';
import type { Experiment, LossFunction } from './experiment';
import { LossLedger } from './lossLedger';
import { lossOf, measuresOf } from './objective';
import { createOptimizer } from './optimizers/create';
import type { Optimizer } from './optimizers/optimizer';
import { Pace } from './pace';
import { streamSeed, withSeededRandom } from './randomness';
import { Scoreboard, type Best, type Final } from './scoreboard';
import { trainableModel, type TrainableModel } from './trainableModel';

export interface TrainingRequest {
  readonly tf: TensorFlow;
  readonly experiment: Experiment;
  readonly data: DataSet;
  /** Existing folder for the checkpoint and the trained weights. */
  readonly outputs: string;
  readonly signal: AbortSignal;
  /** Stop after so many steps in all, whatever the epochs say. */
  readonly maxSteps?: number;
  /** Folder of outputs of an earlier run to go on from. */
  readonly resume?: string;
}

export interface TrainingResult {
  /** Steps done in all, those of the run that was resumed among them. */
  readonly steps: number;
  readonly final: Final;
  readonly best: Best;
}

const CHECKPOINT = 'checkpoint.safetensors';
const MODEL = 'model.safetensors';
/** Progress is told at this many points of a run. Points, not times: the journal shall be repeatable. */
const PROGRESS_POINTS = 200;
/** Unfetched losses at most. */
const LEDGER_LIMIT = 256;
/** Examples in a batch when testing, at least: nothing is kept for a backward pass. */
const TEST_BATCH = 500;

/**
 * Trains the model of an experiment and tells what happens, event by event. The events depend on the
 * request and the engine alone, not on time; a run that was cancelled and resumed has the events of one
 * that never stopped, to the last bit.
 *
 * When `signal` is aborted it stops before the next step, keeps a checkpoint, and returns what it has.
 * @throws UserError where the model does not fit the data, training diverges (see
 *   {@link DivergenceWatch}), or the checkpoint to go on from does not belong to the experiment
 */
export async function* train(request: TrainingRequest): AsyncGenerator<RunEventBody, TrainingResult> {
  const { tf, experiment, data, signal, outputs } = request;
  const { batchSize, seed, epochs, evaluateEvery = 1, checkpoints = true } = experiment;
  const stepsPerEpoch = Math.ceil(data.train.size / batchSize);
  const total = Math.min(epochs * stepsPerEpoch, request.maxSteps ?? Infinity);
  const progressEvery = Math.ceil(total / PROGRESS_POINTS);

  const loss = lossOf(tf, experiment, data.train);
  const measures = data.test === undefined ? [] : measuresOf(tf, experiment, data.test);
  const higherIsBetter = measures.filter((measure) => measure.higherIsBetter).map(({ name }) => name);
  let scores = new Scoreboard(new Set(higherIsBetter));

  const model = buildModel(tf, experiment);
  const optimizer = createOptimizer(tf, experiment.optimizer, model.trainable);
  const ledger = new LossLedger(tf);
  const divergence = new DivergenceWatch(experiment.optimizer.learningRate);
  const pace = new Pace();

  const tensors = [...model.variables, ...optimizer.state];
  const identity: Identity = {
    optimizer: experiment.optimizer.name,
    batchSize,
    seed,
    trainSize: data.train.size,
  };
  let step = 0;
  let evaluated = 0;
  let saved = 0;
  let order: { readonly epoch: number; readonly examples: Uint32Array } | undefined;

  const isEpochEnd = (): boolean => step > 0 && step % stepsPerEpoch === 0;
  const isTestDue = (): boolean =>
    evaluated !== step && (step === total || (isEpochEnd() && (step / stepsPerEpoch) % evaluateEvery === 0));

  function metrics(at: number, values: Readonly<Record<string, number>>): RunEventBody {
    scores.record(at, values);
    return { type: 'metrics', step: at, epoch: at / stepsPerEpoch, values };
  }

  function progress(): RunEventBody {
    const epoch = Math.min(epochs, Math.floor(step / stepsPerEpoch) + 1);
    return { type: 'progress', done: step, total, unit: 'steps', what: `epoch ${epoch} of ${epochs}` };
  }

  async function* settle(): AsyncGenerator<RunEventBody> {
    for (const { step: at, loss: value } of await ledger.settle()) {
      yield metrics(at, { trainLoss: value });
      const warning = divergence.observe(at, value);
      if (warning !== undefined) yield { type: 'message', level: 'warning', text: warning };
    }
    await pace.giveWay();
  }

  async function* keep(): AsyncGenerator<RunEventBody> {
    if (!checkpoints || saved === step || divergence.isDiverging) return;
    const file = path.join(outputs, CHECKPOINT);
    const { final, best } = scores;
    await saveCheckpoint(file, { step, evaluated, final, best }, identity, tensors);
    if (saved === 0) yield await output(file, 'checkpoint');
    saved = step;
  }

  function nextBatch(): Batch {
    const epoch = Math.floor(step / stepsPerEpoch);
    if (order?.epoch !== epoch) {
      order = { epoch, examples: epochOrder(data.train.size, seed, epoch) };
    }
    const start = (step % stepsPerEpoch) * batchSize;
    return takeBatch(tf, data.train, order.examples.subarray(start, start + batchSize));
  }

  try {
    checkFit(tf, model, loss, data);
    if (experiment.loss === 'softmaxCrossEntropy' && model.endsInSoftmax) {
      yield { type: 'message', level: 'warning', text: SOFTMAX_TWICE };
    }
    if (request.resume !== undefined) {
      const file = path.join(request.resume, CHECKPOINT);
      const position = await restoreCheckpoint(tf, file, identity, tensors);
      ({ step, evaluated } = position);
      optimizer.iterations = step;
      scores = new Scoreboard(new Set(higherIsBetter), position.final, position.best);
    }
    yield progress();

    while (!signal.aborted) {
      if (data.test !== undefined && isTestDue()) {
        const size = Math.max(batchSize, TEST_BATCH);
        const values = await evaluate(tf, model, data.test, measures, size, signal);
        if (values === undefined) break;
        evaluated = step;
        yield metrics(step, values);
      }
      if (isEpochEnd() || step >= total) yield* keep();
      if (step >= total) break;

      const seedOfStep = streamSeed(seed, 'step', step);
      const value = withSeededRandom(seedOfStep, () => trainStep(tf, model, optimizer, loss, nextBatch()));
      step++;
      ledger.add(step, value);
      const tellsProgress = step % progressEvery === 0 || step === total;
      if (tellsProgress || isEpochEnd() || pace.isDue() || ledger.size === LEDGER_LIMIT) yield* settle();
      if (tellsProgress) yield progress();
    }

    if (signal.aborted) {
      yield* settle();
      yield* keep();
    } else {
      const file = path.join(outputs, MODEL);
      await saveModel(file, model.variables);
      yield await output(file, 'model');
    }
    return { steps: step, final: scores.final, best: scores.best };
  } finally {
    ledger.dispose();
    optimizer.dispose();
    model.dispose();
  }
}

const SOFTMAX_TWICE =
  'The model ends in a softmax, and softmaxCrossEntropy applies another: it takes logits. ' +
  "Remove activation: 'softmax' from the last layer, else training is far slower than it could be.";

function buildModel(tf: TensorFlow, { model, parameters = {}, seed }: Experiment): TrainableModel {
  return withSeededRandom(streamSeed(seed, 'weights'), () => trainableModel(tf, model(parameters)));
}

/** One step on one batch, which it disposes. Returns the loss before the step, with all penalties. */
function trainStep(
  tf: TensorFlow,
  model: TrainableModel,
  optimizer: Optimizer,
  loss: LossFunction,
  { x, y }: Batch,
): Scalar {
  try {
    return tf.tidy(() => {
      const objective = (): Scalar =>
        model.penalties().reduce<Scalar>((sum, term) => tf.add(sum, term), loss(y, model.apply(x, true)));
      const variables = model.trainable.map(({ variable }): Variable => variable);
      const { value, grads } = tf.variableGrads(objective, variables);
      optimizer.step(grads);
      return value;
    });
  } finally {
    tf.dispose([x, y]);
  }
}

/** Applies model and loss to two examples, so that a misfit is told before anything else happens. */
function checkFit(
  tf: TensorFlow,
  model: TrainableModel,
  loss: LossFunction,
  { train: split }: DataSet,
): void {
  const examples = Uint32Array.from({ length: Math.min(2, split.size) }, (_, i) => i);
  try {
    tf.tidy(() => {
      const { x, y } = takeBatch(tf, split, examples);
      const prediction = model.apply(x, false);
      const value = loss(y, prediction);
      if (value.size !== 1)
        throw new Error(`the loss has the shape [${value.shape.join(', ')}], not one value`);
    });
  } catch (cause) {
    throw new UserError(
      'model-does-not-fit',
      `Model, loss and data do not fit together: ${cause instanceof Error ? cause.message : String(cause)}`,
      `An example of x has the shape [${split.x.shape.join(', ')}], its target ` +
        `[${(split.y.classes === undefined ? split.y.shape : [split.y.classes]).join(', ')}].`,
      { cause },
    );
  }
}

async function output(file: string, kind: OutputEvent['kind']): Promise<OutputEvent> {
  return { type: 'output', path: file, kind, bytes: (await stat(file)).size };
}
