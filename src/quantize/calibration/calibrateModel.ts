import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import { chooseSamples, type SampleChoice } from './chooseSamples';
import { gatherCalibration, type Calibration, type GatherOptions } from './gatherCalibration';
import { loadRunnableModel, type RunnableModel } from './runnableModel';

/**
 * Calibrates a TensorFlow.js model on a text or on random inputs, see {@link gatherCalibration}.
 * @throws UserError `not-runnable`, `text-not-usable`, `nothing-to-calibrate`, `model-failed`, and those of
 *   reading the text and writing the file
 */
export async function calibrateModel(
  tf: TensorFlow,
  source: Model,
  output: string,
  options: GatherOptions & SampleChoice,
): Promise<Calibration> {
  let model: RunnableModel | undefined;
  try {
    model = await loadRunnableModel(tf, source);
    const samples = await chooseSamples(tf, source, model, options);
    return await gatherCalibration(tf, { source, model }, samples, output, options);
  } catch (error) {
    throw explain(error, options.signal);
  } finally {
    model?.dispose();
  }
}

/** What TensorFlow.js throws says little to a person who asked for a calibration. */
function explain(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof UserError || signal?.aborted === true) return error;
  return new UserError(
    'model-failed',
    `The model could not be run: ${error instanceof Error ? error.message : String(error)}`,
    'Quantize without calibration, or with a file of statistics.',
    { cause: error },
  );
}
