import path from 'node:path';
import type { DataSet } from '../../data/dataSet';
import { loadDataSet, type DataSource } from '../../data/source';
import { distFolder } from '../../engine/distFolder';
import type { TensorFlow } from '../../engine/engine';
import type { TrainSpec } from '../../protocol/jobSpec';
import type { Experiment } from '../../train/experiment';
import { loadExperiment } from '../../train/loadExperiment';
import { streamSeed, withSeededRandom } from '../../train/randomness';
import { applyOverrides } from '../../train/settings';

/** A network that a study trains: one of the examples. */
export interface NetworkSpec {
  /** Of its folder among the outputs, and of its metrics: `language`. */
  readonly name: string;
  /** Name of the experiment's file among the examples. */
  readonly experiment: string;
  /** Instead of the experiment's own. */
  readonly data?: DataSource;
  /** Another network whose weights it starts from. */
  readonly startsFrom?: NetworkSpec;
}

/** What a network is trained with, beside its experiment. */
export interface NetworkSize {
  readonly overrides: TrainSpec['overrides'];
  readonly maxSteps?: number;
}

export interface Network {
  /** Absolute path of the experiment. */
  readonly file: string;
  readonly experiment: Experiment;
  readonly data: DataSet;
}

/** Loads the experiment and the data of a network. */
export async function loadNetwork(
  tf: TensorFlow,
  spec: NetworkSpec,
  { overrides }: NetworkSize,
  seed: number,
): Promise<Network> {
  const file = path.join(distFolder(), 'examples', spec.experiment);
  const loaded = await loadExperiment(file, tf);
  // Nothing goes on from a checkpoint of a study, and nobody looks at its gradients.
  const own = { ...loaded.experiment, data: spec.data ?? loaded.experiment.data };
  const experiment = applyOverrides(own, {
    ...overrides,
    seed,
    checkpoints: false,
    instruments: 'off',
  });
  const data = await withSeededRandom(streamSeed(seed, 'data'), () =>
    loadDataSet(experiment.data, loaded.folder),
  );
  return { file, experiment, data };
}
