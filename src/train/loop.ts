import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DataSet } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import type { MessageEvent, MetricsEvent, OutputEvent, RunEventBody } from '../protocol/events';
import { UserError } from '../protocol/userError';
import { CHECKPOINT } from '../runs/layout';
import { DivergenceWatch } from './divergence';
import type { Experiment } from './experiment';
import { Pace } from './pace';
import { describeSteps, STEPS_TO_TIME } from './stepReport';
import { Schedule } from './schedule';
import type { Best, Final } from './scoreboard';
import { Training } from './training';

export interface TrainingRequest {
  readonly tf: TensorFlow;
  readonly experiment: Experiment;
  readonly data: DataSet;
  /** Existing folder for the checkpoint and the trained weights. */
  readonly outputs: string;
  readonly signal: AbortSignal;
  /** Stop after so many steps in all, whatever the epochs say; 0 only tests. */
  readonly maxSteps?: number;
  /** Model file to start from, instead of fresh weights. */
  readonly weights?: string;
  /** Folder of outputs of an earlier run to go on from. */
  readonly resume?: string;
  /** Finds the line of an error in the experiment's sources. */
  readonly locate?: (error: unknown) => string | undefined;
}

export interface TrainingResult {
  /** Steps done in all, those of the run that was resumed among them. */
  readonly steps: number;
  readonly final: Final;
  readonly best: Best;
}

const MODEL = 'model.safetensors';
/** Losses that wait to be fetched, at most. */
const MOST_UNSETTLED = 256;

const SOFTMAX_TWICE =
  'The model ends in a softmax, and softmaxCrossEntropy applies another: it takes logits. ' +
  "Remove activation: 'softmax' from the last layer, else training is far slower than it could be.";

/**
 * Trains the model of an experiment and tells what happens, event by event. The events depend on the
 * request and the engine alone, not on time; a run that was cancelled and resumed has the events of one
 * that never stopped, to the last bit. Only what says how fast steps are and what instruments cost depends on
 * the machine.
 *
 * When `signal` is aborted it stops before the next step, keeps a checkpoint, and returns what it has.
 * @throws UserError where the model does not fit the data, training diverges (see
 *   {@link DivergenceWatch}), or the checkpoint to go on from does not belong to the experiment
 */
export async function* train(request: TrainingRequest): AsyncGenerator<RunEventBody, TrainingResult> {
  const { tf, experiment, data, signal, outputs, weights, resume, locate = () => undefined } = request;
  const schedule = new Schedule(experiment, data.train.size, request.maxSteps);
  const training = new Training(tf, experiment, data);
  const divergence = new DivergenceWatch(experiment.optimizer);
  const pace = new Pace();
  let kept: number | undefined;

  function metrics(step: number, values: MetricsEvent['values']): MetricsEvent {
    training.scores.record(step, values);
    return { type: 'metrics', step, epoch: step / schedule.stepsPerEpoch, values };
  }

  async function* settle(): AsyncGenerator<RunEventBody> {
    for (const { step, loss, byTask } of await training.settle()) {
      yield metrics(step, { trainLoss: loss, ...training.namedLosses(byTask) });
      const text = divergence.observe(step, loss);
      if (text !== undefined) yield warning(text);
    }
    await pace.giveWay();
  }

  /** Keeps a checkpoint of this step, unless it is there or the model is no longer worth it. */
  async function* keep(): AsyncGenerator<RunEventBody> {
    const { step } = training;
    if (experiment.checkpoints === false || divergence.isDiverging || step === 0 || step === kept) return;
    const file = path.join(outputs, CHECKPOINT);
    await training.save(file);
    if (kept === undefined) yield await output(file, 'checkpoint');
    kept = step;
  }

  try {
    training.checkFit();
    if (training.appliesSoftmaxTwice) {
      yield warning(SOFTMAX_TWICE);
    }
    if (weights !== undefined) {
      const missing = await training.load(weights);
      if (missing.length > 0) yield freshVariables(weights, missing);
    }
    training.instruments.begin(weights !== undefined);
    if (resume !== undefined) await training.restore(path.join(resume, CHECKPOINT));
    if (training.step > schedule.total) throw pastTheEnd(training.step, schedule.total);
    yield schedule.progress(training.step);
    /** The step after which the run tells how its steps are computed; it is told once. */
    let tellsStepsAt = training.step + STEPS_TO_TIME;

    while (!signal.aborted) {
      if (schedule.isTest(training.step) && !training.isTested) {
        const values = await training.test(signal);
        if (values === undefined) break;
        yield metrics(training.step, values);
      }
      const isEnd = training.step === schedule.total;
      if (isEnd || schedule.isEpochEnd(training.step)) {
        yield* keep();
        const cost = training.instruments.costEvent(training.step);
        if (cost !== undefined) yield cost;
      }
      if (isEnd) break;

      const followed = training.followCurvature();
      if (followed !== undefined) yield followed;
      const reading = await training.advance();
      const tellsProgress = schedule.isProgress(training.step);
      const isSettling =
        tellsProgress || reading !== undefined || schedule.isEpochEnd(training.step) || pace.isDue();
      if (isSettling || training.unsettled >= MOST_UNSETTLED) yield* settle();
      if (reading !== undefined) {
        yield* training.instruments.report(reading, training.step / schedule.stepsPerEpoch);
      }
      if (tellsProgress && training.step >= tellsStepsAt) {
        const message = describeSteps(training.stepInfo, experiment.compile ?? 'fused', locate);
        if (message !== undefined) yield message;
        tellsStepsAt = Infinity;
      }
      if (tellsProgress) yield schedule.progress(training.step);
    }

    if (signal.aborted) {
      yield* settle();
      yield* keep();
    } else {
      const file = path.join(outputs, MODEL);
      await training.saveModel(file);
      yield await output(file, 'model');
    }
    const { final, best } = training.scores;
    return { steps: training.step, final, best };
  } finally {
    training.dispose();
  }
}

function warning(text: string): MessageEvent {
  return { type: 'message', level: 'warning', text };
}

function freshVariables(file: string, names: readonly string[]): MessageEvent {
  const shown = names.slice(0, 3).join(', ');
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const text = `${path.basename(file)} does not have ${shown}${rest}: fresh weights take their place.`;
  return { type: 'message', level: 'info', text };
}

async function output(file: string, kind: OutputEvent['kind']): Promise<OutputEvent> {
  return { type: 'output', path: file, kind, bytes: (await stat(file)).size };
}

function pastTheEnd(step: number, total: number): UserError {
  return new UserError(
    'already-trained',
    `The earlier run has done ${step} steps, more than the ${total} asked for.`,
    'Ask for more epochs or steps.',
  );
}
