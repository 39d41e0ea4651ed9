import path from 'node:path';
import type { MessageEvent, ProgressEvent } from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import type { Model } from '../modelfile/model';
import { openCalibration } from '../quantize/calibration/openCalibration';
import type { GatherOptions } from '../quantize/calibration/gatherCalibration';
import type { CalibrationData } from '../quantize/calibration/statistics';
import { openTemporaryStatistics } from '../quantize/calibration/temporaryStatistics';
import type { KernelPool } from '../quantize/kernels/pool';
import { reporting } from '../quantize/reporting';
import { isEmbedding } from '../quantize/bitsToSpare';
import { calibrateExperiment } from '../train/calibrateExperiment';
import type { JobContext } from './job';

/**
 * Calibrates a model as a spec says, and tells how far it is. A calibration that nobody asked for may fail:
 * then the model is quantized without, and a message says so.
 */
export async function* calibrate(
  spec: QuantizeSpec,
  model: Model,
  pool: KernelPool,
  context: JobContext,
): AsyncGenerator<ProgressEvent | MessageEvent, CalibrationData | undefined> {
  const { calibration } = spec;
  if (calibration === 'none') return undefined;
  const isAskedFor = calibration !== undefined || spec.experiment !== undefined;
  if (!isAskedFor && !calibratesItself(spec, model)) return undefined;
  yield { type: 'progress', done: 0, total: 1, unit: 'samples', what: 'calibrating' };
  try {
    const data = yield* reporting<ProgressEvent, CalibrationData>(context.signal, (report, signal) =>
      gather(spec, model, context, {
        keep: spec.keep,
        pool,
        signal,
        onProgress: (done, total, what) =>
          report({ type: 'progress', done, total, unit: 'samples', what: `calibrating: ${what}` }),
      }),
    );
    yield { type: 'message', level: 'info', text: `Calibrated with ${data.source}. ${STEERED}` };
    return data;
  } catch (error) {
    if (isAskedFor || !(error instanceof UserError)) throw error;
    // What the engine says of shapes helps nobody who did not ask; the run's log has it.
    console.warn(error.message);
    yield { type: 'message', level: 'info', text: UNCALIBRATED };
    return undefined;
  }
}

/** Runs the model on the training data of its experiment, or on what the spec names; or opens a file of statistics. */
async function gather(
  { calibration, experiment, input, seed, engine, threads }: QuantizeSpec,
  model: Model,
  context: JobContext,
  options: Omit<GatherOptions, 'force'>,
): Promise<CalibrationData> {
  const scratch = path.join(context.outputs, 'statistics.safetensors');
  const load = () => context.engine(engine ?? 'best', threads);
  if (calibration === undefined && experiment !== undefined) {
    const { tf } = await load();
    await calibrateExperiment(tf, scratch, { ...options, experiment, weights: input, force: false });
    return openTemporaryStatistics(scratch);
  }
  const file = calibration === 'random' ? undefined : calibration;
  return openCalibration(model, file, { ...options, seed, scratch, engine: load });
}

const STEERED =
  'Errors are steered to where they harm the outputs of layers least, which costs signal to noise of the weights.';
const UNCALIBRATED =
  'Quantized without calibration: the model does not run on random inputs by itself. ' +
  'With a text or a file of statistics (weightroom quantize --calibration) it would lose less.';

/** Whether a person who says nothing gets a calibration: `dependent` codes a model of text that can be run. */
function calibratesItself({ method }: QuantizeSpec, { format, tensors }: Model): boolean {
  return method === 'dependent' && format !== 'safetensors' && tensors.some((tensor) => isEmbedding(tensor));
}
