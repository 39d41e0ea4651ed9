import type { Study } from '../study';
import { imagesHere } from './images';
import { raceParts } from './race';

/** The papers' tables of deep networks were not to be had, so nothing is published here. */
export const resnet20: Study = {
  id: 'nag-gs/resnet20',
  title:
    'ResNet-20 on CIFAR-10 or Fashion-MNIST where they are here, else on MNIST: momentum, AdamW and NAG-GS, each tuned over four steps',
  parts(quick) {
    const { name, ...images } = imagesHere();
    return raceParts({
      what: `ResNet-20 on ${name}`,
      ...images,
      overrides: {
        'data.trainSize': quick ? 512 : 4000,
        'data.testSize': quick ? 256 : 2000,
        batchSize: 64,
        epochs: quick ? 1 : 2,
        'schedule.decay': 'cosine',
      },
      seeds: quick ? 1 : 3,
      ...(quick && { steps: 2 }),
    });
  },
};

export const transformer: Study = {
  id: 'nag-gs/transformer',
  title:
    'A transformer that tells spam from wanted e-mails: momentum, AdamW and NAG-GS, each tuned over four steps',
  parts: (quick) =>
    raceParts({
      what: 'transformer',
      experiment: 'email-transformer.ts',
      overrides: {
        epochs: quick ? 1 : 3,
        'schedule.decay': 'cosine',
        'schedule.warmup': 20,
        ...(quick && {
          'data.count': 400,
          'parameters.width': 32,
          'parameters.layers': 1,
          'parameters.heads': 2,
        }),
      },
      seeds: quick ? 1 : 3,
      ...(quick && { steps: 2 }),
    }),
};
