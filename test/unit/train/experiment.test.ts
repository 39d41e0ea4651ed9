import { mnist } from '../../../src/data/mnist';
import { expectTypeOf, it } from 'vitest';
import { defineExperiment, type CustomModel } from '../../../src/train/experiment';

const rest = {
  name: 'n',
  data: mnist(),
  loss: 'meanSquaredError',
  batchSize: 1,
  epochs: 1,
  seed: 1,
} as const;
const optimizer = { name: 'sgd', learningRate: 1 } as const;
const model = (): CustomModel => ({ forward: (x) => x, variables: {} });

it('tells the model the types of its parameters', () => {
  defineExperiment({
    ...rest,
    optimizer,
    parameters: { hidden: 3, activation: 'relu' },
    model: (parameters) => {
      expectTypeOf(parameters).toEqualTypeOf<{ hidden: number; activation: string }>();
      return model();
    },
  });
});

it('knows the settings of each optimizer', () => {
  defineExperiment({ ...rest, model, optimizer });
  // @ts-expect-error adam has no momentum
  defineExperiment({ ...rest, model, optimizer: { name: 'adam', learningRate: 1, momentum: 0.9 } });
  // @ts-expect-error there is no such optimizer
  defineExperiment({ ...rest, model, optimizer: { name: 'newton', learningRate: 1 } });
  // @ts-expect-error a learning rate is needed
  defineExperiment({ ...rest, model, optimizer: { name: 'sgd' } });
});
