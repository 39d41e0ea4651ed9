import type { io } from '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SentencePiece, type Vocabulary } from '../../data/sentencePiece';
import type { TensorFlow } from '../../engine/engine';

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
  const tokenizer = new SentencePiece(JSON.parse(await readFile(vocabularyPath, 'utf8')) as Vocabulary);
  const model = await tf.loadGraphModel(tf.io.fromMemory(await readGraphModel(modelPath)));

  async function embedBatch(texts: readonly string[]): Promise<Float32Array> {
    const tokens = texts.map((text) => Array.from(tokenizer.encode(text).subarray(0, MAX_TOKENS)));
    const places = tokens.flatMap((row, r) => row.map((_, position) => [r, position]));
    const indices = tf.tensor2d(places.flat(), [places.length, 2], 'int32');
    const values = tf.tensor1d(tokens.flat(), 'int32');
    const output = await model.executeAsync({ indices, values });
    const embedding = Array.isArray(output) ? output[0]! : output;
    const rows = Float32Array.from(await embedding.data<'float32'>());
    tf.dispose([indices, values, output]);
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

interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: io.WeightsManifestEntry[];
  }[];
}

async function readGraphModel(modelPath: string): Promise<io.ModelArtifacts> {
  const json = JSON.parse(await readFile(modelPath, 'utf8')) as ModelJson;
  const shards = json.weightsManifest.flatMap((group) => group.paths);
  const buffers = await Promise.all(
    shards.map((shard) => readFile(path.join(path.dirname(modelPath), shard))),
  );
  const weights = Buffer.concat(buffers);
  return {
    modelTopology: json.modelTopology,
    format: 'graph-model',
    weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
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
