import { cifar10, defineExperiment } from 'weightroom';
import { residualNetwork } from './residualNetwork';

/**
 * ResNet-20 on CIFAR-10, as He et al. (2015) train it: batches of 128, momentum, weight decay, images cropped and
 * mirrored. Name the folder with the published binary files: `cifar10({ folder: '…' })`.
 */
export default defineExperiment({
  name: 'CIFAR-10, ResNet-20',
  data: cifar10(),
  augment: { crop: 4, flip: true },
  parameters: { filters: 16, blocks: 3 },

  model: ({ filters, blocks }) => residualNetwork({ shape: [32, 32, 3], filters, blocks }),

  // The ten outputs are logits: the loss applies the softmax.
  loss: 'softmaxCrossEntropy',
  metrics: ['accuracy'],

  optimizer: { name: 'momentum', learningRate: 0.1, momentum: 0.9, weightDecay: 0.0001 },
  batchSize: 128,
  epochs: 160,
  seed: 1,
});
