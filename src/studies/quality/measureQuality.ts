import path from 'node:path';
import { firstExamples, type DataSet } from '../../data/dataSet';
import type { TensorFlow } from '../../engine/engine';
import { openModel } from '../../modelfile/open';
import type { FigureEvent, ProgressEvent, RunEventBody } from '../../protocol/events';
import { gatherCalibration, type Calibration } from '../../quantize/calibration/gatherCalibration';
import { openStatistics } from '../../quantize/calibration/openStatistics';
import type { CalibrationData } from '../../quantize/calibration/statistics';
import type { RateDistortionCase } from '../../quantize/rateDistortion';
import { quantizationMethod } from '../../quantize/registry';
import { reporting } from '../../quantize/reporting';
import { calibratableModel, splitSamples } from '../../train/calibratable';
import { Training } from '../../train/training';
import { quantizeFile } from '../quantizedFile';
import { stage } from '../stage';
import type { StudyContext } from '../study';
import type { NetworkSize } from './network';
import type { Task } from './task';
import { trainedNetwork, type TrainedNetwork } from './trainedNetwork';

export interface QualitySize extends NetworkSize {
  readonly cases: readonly RateDistortionCase[];
  /** Training examples that the network is calibrated on. */
  readonly samples: number;
  /** Test examples at most; all where absent. */
  readonly tested?: number;
}

/** Share of the training in the time that a task takes. */
const TRAINING_SHARE = 0.25;

/**
 * How well a network does its task before and after it is quantized: a figure for each case without error
 * feedback, and one with it where the method can. Files are quantized as by a job, and tested as by
 * `weightroom run --weights FILE --max-steps 0`; true bits count every byte of the file.
 * @param scratch an existing folder
 */
export async function* measureQuality(
  task: Task,
  size: QualitySize,
  scratch: string,
  context: StudyContext,
): AsyncGenerator<RunEventBody> {
  const network = yield* stage(trainedNetwork(task.network, size, context), 0, TRAINING_SHARE);
  const { tf } = await context.engine();
  const training = new Training(tf, network.experiment, testedOf(network.data, size.tested));
  const output = path.join(scratch, 'quantized.safetensors');
  let calibration: CalibrationData | undefined;
  try {
    const original = await figureOf(task, training, network.weights, context.signal);
    yield figure(task, { curve: 'original', bits: 32 }, original);
    calibration = yield* calibrate({ tf, network, training }, task, size.samples, scratch, context);
    const cases = casesOf(size, calibration);
    for (const [i, { curve, ...one }] of cases.entries()) {
      const what = `${task.name}: ${curve}, ${one.bits} bits`;
      const done = TRAINING_SHARE + ((1 - TRAINING_SHARE) * i) / cases.length;
      yield { type: 'progress', done, total: 1, unit: 'tasks', what };
      const { bitsPerWeight } = await quantizeFile({ input: network.weights, output, ...one }, context);
      const ours = await figureOf(task, training, output, context.signal);
      yield figure(task, { curve, bits: bitsPerWeight.file, nominal: one.bits, original }, ours);
    }
  } finally {
    await calibration?.close();
    training.dispose();
  }
}

function testedOf(data: DataSet, count: number | undefined): DataSet {
  if (count === undefined || data.test === undefined) return data;
  return { ...data, test: firstExamples(data.test, count) };
}

/** The task's figure with the weights of a file, packed or not. */
async function figureOf(task: Task, training: Training, file: string, signal: AbortSignal): Promise<number> {
  await training.load(file);
  const values = await training.test(signal);
  signal.throwIfAborted();
  return task.figure(values ?? {});
}

interface CalibratedNetwork {
  readonly tf: TensorFlow;
  readonly network: TrainedNetwork;
  /** Holds the weights of `network`. */
  readonly training: Training;
}

async function* calibrate(
  { tf, network, training }: CalibratedNetwork,
  task: Task,
  count: number,
  scratch: string,
  { pool, signal }: StudyContext,
): AsyncGenerator<ProgressEvent, CalibrationData> {
  const source = await openModel(network.weights);
  try {
    const subject = { source, model: calibratableModel(tf, training.model) };
    const samples = splitSamples(tf, network.data.train, count, task.samples);
    const output = path.join(scratch, 'statistics.safetensors');
    const { file } = yield* reporting<ProgressEvent, Calibration>(signal, (report, stop) =>
      gatherCalibration(tf, subject, samples, output, {
        keep: [],
        pool,
        force: true,
        signal: stop,
        onProgress: (_done, _total, what) => report(calibrating(`${task.name}: ${what}`)),
      }),
    );
    return await openStatistics(file, () => false);
  } finally {
    await source.close();
  }
}

/** Beside training and cases it takes no time worth a share of the progress. */
function calibrating(what: string): ProgressEvent {
  return { type: 'progress', done: TRAINING_SHARE, total: 1, unit: 'tasks', what };
}

interface QualityCase extends RateDistortionCase {
  readonly curve: string;
  readonly calibration?: CalibrationData;
}

function casesOf({ cases }: QualitySize, calibration: CalibrationData): readonly QualityCase[] {
  return cases.flatMap((one): QualityCase[] => {
    const without = { ...one, curve: one.method };
    const canFeedBack = quantizationMethod(one.method).startRows !== undefined;
    return canFeedBack ? [without, { ...one, curve: `${one.method} with feedback`, calibration }] : [without];
  });
}

interface Place {
  readonly curve: string;
  /** True bits a weight. */
  readonly bits: number;
  /** Bits that were asked for, and the figure at 32 bits. */
  readonly nominal?: number;
  readonly original?: number;
}

function figure(task: Task, { curve, bits, nominal, original }: Place, ours: number): FigureEvent {
  const trueBits = `${bits.toFixed(3)} true bits`;
  return {
    type: 'figure',
    row: {
      what: `${task.name}, ${curve}, ${nominal === undefined ? 'float32' : `${nominal} bits`}`,
      ours,
      unit: task.unit,
      note: original === undefined ? trueBits : `${trueBits}; original ${Number(original.toPrecision(4))}`,
      place: { picture: task.name, curve, bits },
    },
  };
}
