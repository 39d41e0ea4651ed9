import { RESERVED_IDS, SentencePiece, type Vocabulary } from '../../data/sentencePiece';
import type { TensorFlow } from '../../engine/engine';
import { Random } from '../../math/random';
import { encoderFeeds, MAX_TOKENS } from '../evaluation/sentenceEncoder';
import type { RunnableModel } from './runnableModel';
import type { Samples } from './samples';

const SHORTEST_TEXT = 8;

/** Whether a model takes its text as the Universal Sentence Encoder does: a sparse matrix of token ids. */
export function takesTokens({ inputs }: RunnableModel): boolean {
  const names = inputs.map(({ name, dtype }) => `${name}:${dtype}`);
  return names.sort().join() === 'indices:int32,values:int32';
}

/** Texts for the sentence encoder; those without a single token are left out. */
export function textSamples(
  tf: TensorFlow,
  vocabulary: Vocabulary,
  texts: readonly string[],
  file: string,
): Samples {
  const tokenizer = new SentencePiece(vocabulary);
  const tokens = texts.map((text) => tokenizer.encode(text)).filter(({ length }) => length > 0);
  return {
    source: `${tokens.length} lines of ${file}`,
    kind: `lines of ${file}`,
    count: tokens.length,
    feeds: (start, end) => encoderFeeds(tf, tokens.slice(start, end)),
  };
}

/** Texts of tokens drawn as often as the tokenizer expects them, in no order. */
export function randomTokenSamples(
  tf: TensorFlow,
  vocabulary: Vocabulary,
  count: number,
  seed: number,
): Samples {
  const random = new Random(seed);
  return drawnSamples(tf, tokenSampler(vocabulary, random), count, random);
}

/**
 * Texts of tokens that are all as likely, for an encoder whose tokenizer is not at hand: enough to see how much its
 * answers change, and too unlike a text to calibrate with.
 * @param ids how many tokens there are
 */
export function uniformTokenSamples(tf: TensorFlow, ids: number, count: number, seed: number): Samples {
  const random = new Random(seed);
  const draw = () => RESERVED_IDS + random.integer(ids - RESERVED_IDS);
  return drawnSamples(tf, draw, count, random);
}

function drawnSamples(tf: TensorFlow, draw: () => number, count: number, random: Random): Samples {
  const tokens = Array.from({ length: count }, () => {
    const length = SHORTEST_TEXT + random.integer(MAX_TOKENS - SHORTEST_TEXT + 1);
    return Int32Array.from({ length }, draw);
  });
  return {
    source: `${count} texts of random tokens`,
    kind: 'texts of random tokens',
    count,
    feeds: (start, end) => encoderFeeds(tf, tokens.slice(start, end)),
  };
}

/** Draws ids by the probabilities that a vocabulary gives; pieces without one (marks, emoticons) never. */
function tokenSampler(vocabulary: Vocabulary, random: Random): () => number {
  const cumulative = new Float64Array(vocabulary.length);
  let sum = 0;
  for (const [id, [, score]] of vocabulary.entries()) {
    if (id >= RESERVED_IDS && score < 0) sum += Math.exp(score);
    cumulative[id] = sum;
  }
  return () => {
    const target = random.uniform() * sum;
    let low = 0;
    let high = vocabulary.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
