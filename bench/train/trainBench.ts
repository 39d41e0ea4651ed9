import type { Bench } from '../bench';
import { compileTimeRow } from './compileTimeRow';
import { engineRow } from './engineRow';
import { fitRow } from './fitRow';
import { guardsRow } from './guardsRow';
import { requireGpu } from './gpu';
import { instrumentsRow } from './instrumentsRow';
import { nagGsRow } from './nagGsRow';
import { installPyTorch } from './pytorch';
import { stepRow } from './stepRow';

const FUSED_ADAM = 'fused Adam';
const CHANNELS_LAST = `channels-last, ${FUSED_ADAM}`;

/** A part for each row. */
export const trainBench: Bench = {
  name: 'train',
  what: 'time of a training step, compiled, eager and in PyTorch',
  sources: {
    'mlp-adam': stepRow({
      id: 'train.mlp-adam',
      what: 'mlp-adam: MLP 784-256-10, batch 256, Adam',
      network: 'mlp',
      best: FUSED_ADAM,
      target: 0.8,
    }),
    'cnn-adam': stepRow({
      id: 'train.cnn-adam',
      what: 'cnn-adam: CNN of two convolutions 5 × 5 (16, 32), batch 128, Adam',
      network: 'cnn',
      best: CHANNELS_LAST,
      target: 0.55,
    }),
    'cnn-batchnorm': stepRow({
      id: 'train.cnn-batchnorm',
      what: 'cnn-batchnorm: the same of layers, with batch normalization',
      network: 'cnnBatchnorm',
      best: CHANNELS_LAST,
      target: 0.7,
    }),
    resnet20: stepRow({
      id: 'train.resnet20',
      what: 'resnet20: ResNet-20 on 32 × 32 images, batch 128, momentum',
      network: 'resnet20',
      best: 'channels-last, fused SGD',
      target: 0.9,
    }),
    'transformer-lm': stepRow({
      id: 'train.transformer-lm',
      what: 'transformer-lm: 4 layers of width 256, 128 tokens, batch 8, AdamW',
      network: 'transformer',
      best: 'fused AdamW',
      target: 0.65,
    }),
    lstm: stepRow({
      id: 'train.lstm',
      what: 'lstm: LSTM of 64 units, 20 steps, batch 32, Adam',
      network: 'lstm',
      best: FUSED_ADAM,
      target: 1.2,
    }),
    gru: stepRow({
      id: 'train.gru',
      what: 'gru: GRU of 64 units, 20 steps, batch 32, Adam',
      network: 'gru',
      best: FUSED_ADAM,
      target: 0.7,
    }),
    'fit-cnn': fitRow,
    'compile-time': compileTimeRow,
    'instruments-economy': instrumentsRow('economy', 2),
    'instruments-standard': instrumentsRow('standard', 10),
    'instruments-full': instrumentsRow('full', 50),
    'engine-busy': engineRow,
    'nag-gs': nagGsRow,
    guards: guardsRow,
  },
  setup: async (context) => {
    await installPyTorch(context);
  },
  requireGpu,
};
