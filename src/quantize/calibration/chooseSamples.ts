import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Vocabulary } from '../../data/sentencePiece';
import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import { readVocabulary } from '../evaluation/sentenceEncoder';
import { randomTokenSamples, takesTokens, textSamples, uniformTokenSamples } from './encoderSamples';
import type { RunnableModel } from './runnableModel';
import { randomSamples, type Samples } from './samples';
import { readLines } from './textLines';

/** More text makes the statistics better, and each line costs a run of the model. */
const MOST_LINES = 400;
const RANDOM_INPUTS = 64;
/** Lines that no calibration sees: one of so many, and how many at most. */
const HELD_OUT_OF = 8;
const MOST_HELD_OUT = 48;
const HELD_OUT_RANDOM = 32;
/** Makes the stream of random inputs that are held out another one than that of a calibration. */
const HELD_OUT_STREAM = 0x68656c64;

export interface SampleChoice {
  /** A text file, one sample a line; random inputs where missing. */
  readonly text?: string | undefined;
  /** Most samples that are taken. */
  readonly samples?: number | undefined;
  /** Of random inputs. */
  readonly seed: number;
}

/**
 * What to run a model on to calibrate it: the text that a person gave, without the lines that
 * {@link chooseHeldOutSamples} takes, or random inputs. Text needs a model whose tokenizer is known: the sentence
 * encoder, with its `vocab.json` beside it.
 * @throws UserError `text-not-usable`, and those of reading the text
 */
export async function chooseSamples(
  tf: TensorFlow,
  source: Model,
  model: RunnableModel,
  { text, samples, seed }: SampleChoice,
): Promise<Samples> {
  const vocabulary = await findVocabulary(source, model);
  if (text === undefined) return inputs(tf, model, vocabulary, samples ?? RANDOM_INPUTS, seed);
  const { calibration } = await splitLines(text, samples ?? MOST_LINES);
  return textSamples(tf, requireVocabulary(vocabulary, source), calibration, path.basename(text));
}

/**
 * What to run a model on to see what a quantization did to it: the last lines of the text, which no calibration
 * has seen; random inputs of another stream where there is no text, or so little that no line is held out.
 * @throws UserError as {@link chooseSamples}
 */
export async function chooseHeldOutSamples(
  tf: TensorFlow,
  source: Model,
  model: RunnableModel,
  { text, seed }: Omit<SampleChoice, 'samples'>,
): Promise<Samples> {
  const vocabulary = await findVocabulary(source, model);
  if (text !== undefined) {
    const { heldOut } = await splitLines(text, MOST_LINES);
    const unseen = textSamples(tf, requireVocabulary(vocabulary, source), heldOut, path.basename(text));
    if (unseen.count > 0) return { ...unseen, kind: `unseen ${unseen.kind}` };
  }
  const stream = (seed ^ HELD_OUT_STREAM) >>> 0;
  if (vocabulary === undefined && takesTokens(model) && model.tableRows !== undefined) {
    return uniformTokenSamples(tf, model.tableRows, HELD_OUT_RANDOM, stream);
  }
  return inputs(tf, model, vocabulary, HELD_OUT_RANDOM, stream);
}

function inputs(
  tf: TensorFlow,
  model: RunnableModel,
  vocabulary: Vocabulary | undefined,
  count: number,
  seed: number,
): Samples {
  return vocabulary === undefined
    ? randomSamples(tf, model, count, seed)
    : randomTokenSamples(tf, vocabulary, count, seed);
}

interface SplitLines {
  readonly calibration: readonly string[];
  readonly heldOut: readonly string[];
}

/** The first lines of a text, at most `most` to calibrate with; of what is read, the last are held out. */
async function splitLines(text: string, most: number): Promise<SplitLines> {
  const lines = await readLines(text, most + MOST_HELD_OUT);
  const cut = lines.length - Math.min(MOST_HELD_OUT, Math.floor(lines.length / HELD_OUT_OF));
  return { calibration: lines.slice(0, Math.min(cut, most)), heldOut: lines.slice(cut) };
}

async function findVocabulary(source: Model, model: RunnableModel): Promise<Vocabulary | undefined> {
  const file = path.join(path.dirname(source.path), 'vocab.json');
  return takesTokens(model) && existsSync(file) ? readVocabulary(file) : undefined;
}

function requireVocabulary(vocabulary: Vocabulary | undefined, source: Model): Vocabulary {
  if (vocabulary !== undefined) return vocabulary;
  throw new UserError(
    'text-not-usable',
    `How ${path.basename(source.path)} turns text into numbers is not known here.`,
    'Calibrate it with random inputs, or with a file of statistics.',
  );
}
