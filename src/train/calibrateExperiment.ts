import type { TensorFlow } from '../engine/engine';
import {
  gatherCalibration,
  type Calibration,
  type GatherOptions,
} from '../quantize/calibration/gatherCalibration';
import { openAnyModel } from '../quantize/native/open';
import { calibratableModel, splitSamples } from './calibratable';
import { withTrainedExperiment } from './trainedExperiment';

/** Training examples that are looked at, where nobody says how many. */
const EXAMPLES = 400;

export interface ExperimentCalibration extends GatherOptions {
  /** Absolute path of the experiment's file. */
  readonly experiment: string;
  /** Model file with the trained weights. */
  readonly weights: string;
  /** Most training examples that are looked at. */
  readonly samples?: number | undefined;
}

/**
 * Calibrates the weights that an experiment trained on its own training data, see {@link gatherCalibration}.
 * @throws UserError those of loading experiment, data and weights, and of writing the file
 */
export async function calibrateExperiment(
  tf: TensorFlow,
  output: string,
  { experiment, weights, samples = EXAMPLES, ...options }: ExperimentCalibration,
): Promise<Calibration> {
  const source = await openAnyModel(weights);
  try {
    return await withTrainedExperiment(tf, experiment, weights, ({ data, training }) => {
      const subject = { source, model: calibratableModel(tf, training.model) };
      return gatherCalibration(
        tf,
        subject,
        splitSamples(tf, data.train, samples, data.name),
        output,
        options,
      );
    });
  } finally {
    await source.close();
  }
}
