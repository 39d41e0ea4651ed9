import path from 'node:path';
import { inSharedMemory } from '../data/sharedMemory';
import { loadDataSet } from '../data/source';
import type { RunEventBody, TrainSummary } from '../protocol/events';
import type { TrainSpec } from '../protocol/jobSpec';
import { runFiles } from '../runs/layout';
import { loadExperiment } from '../train/loadExperiment';
import { train } from '../train/loop';
import { streamSeed, withSeededRandom } from '../train/randomness';
import { applyOverrides } from '../train/settings';
import type { Job, JobContext } from './job';

/** Trains the model of an experiment's file. */
export const trainJob: Job<TrainSpec, TrainSummary> = {
  kind: 'train',
  name: ({ experiment }) => path.basename(experiment, path.extname(experiment)),
  run: runTraining,
};

async function* runTraining(
  spec: TrainSpec,
  context: JobContext,
): AsyncGenerator<RunEventBody, TrainSummary> {
  const { id, tf } = await context.engine(spec.engine, spec.threads);
  const loaded = await loadExperiment(spec.experiment, tf);
  const experiment = applyOverrides(loaded.experiment, {
    ...spec.overrides,
    ...(spec.epochs !== undefined && { epochs: spec.epochs }),
    ...(spec.seed !== undefined && { seed: spec.seed }),
  });
  yield { type: 'started', name: experiment.name };
  try {
    const data = inSharedMemory(
      await withSeededRandom(streamSeed(experiment.seed, 'data'), () =>
        loadDataSet(experiment.data, loaded.folder),
      ),
    );
    const result = yield* train({
      tf,
      experiment,
      data,
      outputs: context.outputs,
      signal: context.signal,
      locate: loaded.locate,
      ...(spec.maxSteps !== undefined && { maxSteps: spec.maxSteps }),
      ...(spec.weights !== undefined && { weights: spec.weights }),
      ...(spec.resume !== undefined && { resume: runFiles(spec.resume).outputs }),
    });
    return { job: 'train', engine: id, ...result };
  } catch (error) {
    throw loaded.explain(error);
  }
}
