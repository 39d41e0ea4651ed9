import { loadDataSet } from '../data/source';
import type { DataSet } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import { loadExperiment } from './loadExperiment';
import { streamSeed, withSeededRandom } from './randomness';
import { Training } from './training';

/** An experiment with its data, and its model with weights that it trained. */
export interface TrainedExperiment {
  readonly name: string;
  readonly data: DataSet;
  readonly training: Training;
}

/**
 * Does `work` with the model of an experiment that has the weights in `weights`; its tensors live as long.
 * @param file absolute path of the experiment
 * @param weights model file, packed or not
 * @throws UserError those of loading experiment, data and weights, and of `work`
 */
export async function withTrainedExperiment<T>(
  tf: TensorFlow,
  file: string,
  weights: string,
  work: (trained: TrainedExperiment) => Promise<T>,
): Promise<T> {
  const { experiment, folder, explain } = await loadExperiment(file, tf);
  try {
    const data = await withSeededRandom(streamSeed(experiment.seed, 'data'), () =>
      loadDataSet(experiment.data, folder),
    );
    const training = new Training(tf, experiment, data);
    try {
      await training.load(weights);
      return await work({ name: experiment.name, data, training });
    } finally {
      training.dispose();
    }
  } catch (error) {
    throw explain(error);
  }
}
