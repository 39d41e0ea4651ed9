import { loadDataSet } from '../data/source';
import type { TensorFlow } from '../engine/engine';
import { loadExperiment } from './loadExperiment';
import { streamSeed, withSeededRandom } from './randomness';
import { applyOverrides } from './settings';
import { Training } from './training';

/**
 * The program of an experiment's first training step as text, after all passes: what runs as one graph.
 * Nothing is trained.
 * @param file absolute path of the experiment
 * @param overrides values over the experiment's own, by path
 * @throws UserError `not-compiled` where steps run eagerly, or those of loading the experiment and its data
 */
export async function printTrainingProgram(
  tf: TensorFlow,
  file: string,
  overrides: Readonly<Record<string, string | number | boolean>>,
): Promise<string> {
  const loaded = await loadExperiment(file, tf);
  try {
    const experiment = applyOverrides(loaded.experiment, overrides);
    const data = await withSeededRandom(streamSeed(experiment.seed, 'data'), () =>
      loadDataSet(experiment.data, loaded.folder),
    );
    const training = new Training(tf, experiment, data);
    try {
      training.checkFit();
      return training.printStep();
    } finally {
      training.dispose();
    }
  } catch (error) {
    throw loaded.explain(error);
  }
}
