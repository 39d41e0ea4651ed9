import { defineExperiment, mnist } from 'weightroom';
import { residualNetwork } from './residualNetwork';

/** Handwritten digits with ResNet-20 (He et al., 2015): nine blocks of two convolutions, each with a shortcut. */
export default defineExperiment({
  name: 'MNIST, ResNet-20',
  data: mnist(),
  parameters: { filters: 16, blocks: 3 },

  // Moving averages over ten steps: a run here has few.
  model: ({ filters, blocks }) => residualNetwork({ shape: [28, 28, 1], filters, blocks, momentum: 0.9 }),

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'momentum', learningRate: 0.1, weightDecay: 0.0001 },
  schedule: { decay: 'cosine' },
  batchSize: 128,
  epochs: 3,
  seed: 1,
});
