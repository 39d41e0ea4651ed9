import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import { readVocabulary } from '../evaluation/sentenceEncoder';
import { randomTokenSamples, takesTokens, textSamples } from './encoderSamples';
import type { RunnableModel } from './runnableModel';
import { randomSamples, type Samples } from './samples';
import { readLines } from './textLines';

/** More text makes the statistics better, and each line costs a run of the model. */
const MOST_LINES = 400;
const RANDOM_INPUTS = 64;

export interface SampleChoice {
  /** A text file, one sample a line; random inputs where missing. */
  readonly text?: string | undefined;
  /** Most samples that are taken. */
  readonly samples?: number | undefined;
  /** Of random inputs. */
  readonly seed: number;
}

/**
 * What to run a model on: the text that a person gave, or random inputs. Text needs a model whose tokenizer
 * is known: the sentence encoder, with its `vocab.json` beside it.
 * @throws UserError `text-not-usable`, and those of reading the text
 */
export async function chooseSamples(
  tf: TensorFlow,
  source: Model,
  model: RunnableModel,
  { text, samples, seed }: SampleChoice,
): Promise<Samples> {
  const vocabularyFile = path.join(path.dirname(source.path), 'vocab.json');
  const vocabulary =
    takesTokens(model) && existsSync(vocabularyFile) ? await readVocabulary(vocabularyFile) : undefined;
  if (text !== undefined) {
    if (vocabulary === undefined) {
      throw new UserError(
        'text-not-usable',
        `How ${path.basename(source.path)} turns text into numbers is not known here.`,
        'Calibrate it with random inputs, or with a file of statistics.',
      );
    }
    return textSamples(tf, vocabulary, await readLines(text, samples ?? MOST_LINES), path.basename(text));
  }
  const count = samples ?? RANDOM_INPUTS;
  return vocabulary === undefined
    ? randomSamples(tf, model, count, seed)
    : randomTokenSamples(tf, vocabulary, count, seed);
}
