import type * as tfjs from '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import { SentencePiece, type Vocabulary } from '../../data/sentencePiece';
import type { TensorFlow } from '../../engine/engine';
import { loadRunnableModel } from '../calibration/runnableModel';
import { openAnyModel } from '../native/open';

/** Tokens of a text that are looked at: attention costs their square. */
export const MAX_TOKENS = 128;
const BATCH = 16;

/** The Universal Sentence Encoder Lite (Cer et al., 2018): a text in, a unit vector of 512 out. */
export interface SentenceEncoder {
  /**
   * Embeds texts, each cut to {@link MAX_TOKENS} tokens.
   * @returns row-major `[texts, width]`
   */
  embed(texts: readonly string[], onProgress?: (done: number) => void): Promise<Float32Array>;
  dispose(): void;
}

/**
 * Loads the encoder from its TF.js graph model on the engine that runs.
 *
 * @param modelPath its `model.json`, or that of a quantized copy
 * @param vocabularyPath its `vocab.json`
 */
export async function loadSentenceEncoder(
  tf: TensorFlow,
  modelPath: string,
  vocabularyPath: string,
): Promise<SentenceEncoder> {
  const tokenizer = new SentencePiece(await readVocabulary(vocabularyPath));
  const source = await openAnyModel(modelPath);
  const model = await loadRunnableModel(tf, source).finally(() => source.close());

  async function embedBatch(texts: readonly string[]): Promise<Float32Array> {
    const feeds = encoderFeeds(
      tf,
      texts.map((text) => tokenizer.encode(text)),
    );
    const [embedding, ...others] = await model.run(feeds);
    const rows = Float32Array.from(await embedding!.data<'float32'>());
    tf.dispose([feeds, embedding!, others]);
    return rows;
  }

  return {
    async embed(texts, onProgress) {
      const batches: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += BATCH) {
        batches.push(await embedBatch(texts.slice(start, start + BATCH)));
        onProgress?.(Math.min(texts.length, start + BATCH));
      }
      return concatenate(batches);
    },
    dispose: () => model.dispose(),
  };
}

export async function readVocabulary(vocabularyPath: string): Promise<Vocabulary> {
  return JSON.parse(await readFile(vocabularyPath, 'utf8')) as Vocabulary;
}

/** What the encoder is fed with for texts of these tokens, each cut to {@link MAX_TOKENS}: a sparse matrix. */
export function encoderFeeds(tf: TensorFlow, texts: readonly Int32Array[]): tfjs.NamedTensorMap {
  const tokens = texts.map((text) => Array.from(text.subarray(0, MAX_TOKENS)));
  const places = tokens.flatMap((row, r) => row.map((_, position) => [r, position]));
  return {
    indices: tf.tensor2d(places.flat(), [places.length, 2], 'int32'),
    values: tf.tensor1d(tokens.flat(), 'int32'),
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
