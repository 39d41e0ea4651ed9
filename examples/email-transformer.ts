import { defineExperiment, emails } from 'weightroom';
import { Transformer } from './transformer';

const CONTEXT = 128;

/**
 * Tells spam from wanted e-mails by their first 128 bytes. Start it from the weights of
 * `text-transformer.ts` (`--weights`): who has read Shakespeare knows English.
 */
export default defineExperiment({
  name: 'E-mails, transformer',
  data: emails({ context: CONTEXT, count: 3000 }),
  parameters: { width: 128, layers: 4, heads: 4 },

  model: (size) => {
    const transformer = new Transformer(CONTEXT, size);
    transformer.addHead('isSpam', 2);
    return {
      variables: transformer.variables,
      forward: (bytes) => {
        const features = transformer.features(bytes).reshape([-1, CONTEXT, size.width]);
        return features.mean(1).matMul(transformer.get('isSpam'));
      },
    };
  },

  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'adam', learningRate: 0.0005 },
  batchSize: 16,
  epochs: 3,
  seed: 1,
});
