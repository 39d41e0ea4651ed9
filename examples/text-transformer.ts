import * as tf from '@tensorflow/tfjs';
import { defineExperiment, text } from 'weightroom';
import { Transformer } from './transformer';

const CONTEXT = 128;

/** Predicts the next byte of Shakespeare: a language model in small. */
export default defineExperiment({
  name: 'Shakespeare, transformer',
  data: text({ file: 'data/shakespeare.txt', context: CONTEXT }),
  parameters: { width: 128, layers: 4, heads: 4 },

  model: (size) => {
    const transformer = new Transformer(CONTEXT, size);
    transformer.addHead('nextByte', 256);
    return {
      variables: transformer.variables,
      forward: (bytes) =>
        transformer.features(bytes).matMul(transformer.get('nextByte')).reshape([-1, CONTEXT, 256]),
    };
  },

  // −log p(next byte) in nats, the mean over all positions; its exponential is the perplexity.
  loss: (target, logits) => tf.losses.softmaxCrossEntropy(tf.oneHot(target.toInt(), 256), logits),

  optimizer: { name: 'adam', learningRate: 0.002 },
  batchSize: 16,
  epochs: 2,
  seed: 1,
});
