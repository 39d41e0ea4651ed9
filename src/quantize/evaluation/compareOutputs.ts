import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import type { Quality } from '../../protocol/events';
import { chooseHeldOutSamples, type SampleChoice } from '../calibration/chooseSamples';
import { loadRunnableModel, type RunnableModel } from '../calibration/runnableModel';
import type { Samples } from '../calibration/samples';
import { cooperate } from '../cooperate';
import { openAnyModel } from '../native/open';
import { OutputAgreement, type ModelOutput } from './outputAgreement';

/** How long the original may be run, in milliseconds: what it has answered until then is compared. */
const TIME_LIMIT = 10_000;
/** Numbers of the original's answers that are held in memory. */
const MOST_NUMBERS = 2 ** 24;

export interface CompareOutputsOptions extends Pick<SampleChoice, 'text' | 'seed'> {
  readonly signal?: AbortSignal | undefined;
  /** `done` of `total` samples have been answered. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Runs a TensorFlow.js model as it was and as it is quantized on samples that no calibration has seen, and measures
 * how alike their answers are. At most about twenty seconds and 64 MiB of answers, then with fewer samples.
 *
 * @param quantized its `model.json`
 * @throws UserError `not-runnable`, and those of opening the files and choosing samples
 */
export async function compareOutputs(
  tf: TensorFlow,
  source: Model,
  quantized: string,
  { text, seed, signal, onProgress }: CompareOutputsOptions,
): Promise<readonly Quality[]> {
  const pause = cooperate(signal);
  const { samples, answers } = await withModel(tf, source, async (model) => {
    const samples = await chooseHeldOutSamples(tf, source, model, { text, seed });
    return { samples, answers: await firstAnswers(model, samples) };
  });
  const agreement = new OutputAgreement();
  const other = await openAnyModel(quantized);
  try {
    await withModel(tf, other, async (model) => {
      for (const [sample, before] of answers.entries()) {
        await pause();
        agreement.add(before, await answer(tf, model, samples, sample));
        onProgress?.(answers.length + sample + 1, 2 * answers.length);
      }
    });
  } finally {
    await other.close();
  }
  return agreement.qualities(`Answers to ${samples.kind}`);

  async function firstAnswers(model: RunnableModel, samples: Samples): Promise<readonly ModelOutput[][]> {
    const answers: ModelOutput[][] = [];
    const end = performance.now() + TIME_LIMIT;
    let numbers = 0;
    while (answers.length < samples.count && numbers < MOST_NUMBERS && performance.now() < end) {
      await pause();
      const outputs = await answer(tf, model, samples, answers.length);
      answers.push(outputs);
      numbers += outputs.reduce((sum, { values }) => sum + values.length, 0);
      onProgress?.(answers.length, 2 * samples.count);
    }
    return answers;
  }
}

async function withModel<T>(
  tf: TensorFlow,
  source: Model,
  work: (model: RunnableModel) => Promise<T>,
): Promise<T> {
  const model = await loadRunnableModel(tf, source);
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}

/** The floating-point tensors that a model answers with to one sample. */
async function answer(
  tf: TensorFlow,
  model: RunnableModel,
  samples: Samples,
  sample: number,
): Promise<ModelOutput[]> {
  const feeds = samples.feeds(sample, sample + 1);
  const results = await model.run(feeds);
  const outputs: ModelOutput[] = [];
  for (const result of results) {
    if (result.dtype !== 'float32') continue;
    outputs.push({ shape: result.shape, values: Float32Array.from(await result.data<'float32'>()) });
  }
  tf.dispose([feeds, [...results]]);
  return outputs;
}
