/** A vocabulary: each piece of text with its log-probability. Ids are positions. */
export type Vocabulary = readonly (readonly [piece: string, score: number])[];

/** Written for a space, and before the first word (U+2581). */
const SPACE = '\u2581';
const UNKNOWN_ID = 0;
/** Ids at the start of a vocabulary that stand for no text: unknown, sentence marks, … */
export const RESERVED_IDS = 6;
/** SentencePiece puts an unknown character this much below the least likely piece. */
const UNKNOWN_PENALTY = 10;

/**
 * A unigram tokenizer after SentencePiece (Kudo, 2018): of all ways to cut a text into pieces of the
 * vocabulary, it takes the one with the largest sum of scores. It gives the ids of the public
 * tokenizer of the Universal Sentence Encoder.
 */
export class SentencePiece {
  private readonly ids = new Map<string, number>();
  private readonly scores: readonly number[];
  private readonly unknownScore: number;
  private readonly longest: number;

  /** @param reserved how many ids at the start stand for no text */
  constructor(vocabulary: Vocabulary, reserved = RESERVED_IDS) {
    this.scores = vocabulary.map(([, score]) => score);
    let longest = 1;
    for (let id = reserved; id < vocabulary.length; id++) {
      const piece = vocabulary[id]![0];
      this.ids.set(piece, id);
      longest = Math.max(longest, Array.from(piece).length);
    }
    this.longest = longest;
    this.unknownScore = this.scores.reduce((least, score) => Math.min(least, score), 0) - UNKNOWN_PENALTY;
  }

  /**
   * Ids of a text: NFKC-normalized, spaces written as U+2581 with one put in front, cut by Viterbi's
   * algorithm. Consecutive unknown characters become one id 0. An empty text has no ids.
   */
  encode(text: string): Int32Array {
    const normalized = text.normalize('NFKC');
    if (normalized === '') return new Int32Array(0);
    const symbols = Array.from(SPACE + normalized.replaceAll(' ', SPACE));
    const ids: number[] = [];
    for (const id of this.bestCut(symbols)) {
      if (id !== UNKNOWN_ID || ids.at(-1) !== UNKNOWN_ID) ids.push(id);
    }
    return Int32Array.from(ids);
  }

  private bestCut(symbols: readonly string[]): number[] {
    // best[i]: the largest score of any cut of the first i symbols; its last piece is lastId[i], from lastStart[i].
    const best = new Float64Array(symbols.length + 1).fill(-Infinity);
    const lastId = new Int32Array(symbols.length + 1);
    const lastStart = new Int32Array(symbols.length + 1);
    best[0] = 0;
    const extend = (start: number, end: number, id: number, score: number): void => {
      const total = best[start]! + score;
      if (total < best[end]!) return;
      best[end] = total;
      lastId[end] = id;
      lastStart[end] = start;
    };
    for (let start = 0; start < symbols.length; start++) {
      let piece = '';
      let known = false;
      for (let end = start + 1; end <= Math.min(symbols.length, start + this.longest); end++) {
        piece += symbols[end - 1]!;
        const id = this.ids.get(piece);
        if (id === undefined) continue;
        known ||= end === start + 1;
        extend(start, end, id, this.scores[id]!);
      }
      if (!known) extend(start, start + 1, UNKNOWN_ID, this.unknownScore);
    }

    const reversed: number[] = [];
    for (let end = symbols.length; end > 0; end = lastStart[end]!) reversed.push(lastId[end]!);
    return reversed.reverse();
  }
}
