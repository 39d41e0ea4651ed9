import { describe, expect, it } from 'vitest';
import type { TrainSpec } from '../../../src/protocol/jobSpec';
import type { RunSummary } from '../../../src/protocol/run';
import { runName } from '../../../webview/ui/runName';

let made = 0;

function run(overrides: TrainSpec['overrides'], name = 'MNIST', seed?: number) {
  const summary: RunSummary = {
    id: `run-${made++}`,
    job: 'train',
    name,
    state: 'done',
    started: made,
    seconds: 1,
    last: {},
    folder: `/runs/${made}`,
  };
  const spec: TrainSpec = {
    job: 'train',
    experiment: '/ada/mnist.ts',
    engine: 'best',
    overrides,
    ...(seed !== undefined && { seed }),
  };
  return { summary, spec };
}

const names = (runs: readonly ReturnType<typeof run>[]): string[] => runs.map((one) => runName(one, runs));

describe('names of runs side by side', () => {
  it('are their own where these differ', () => {
    expect(names([run({}), run({ batchSize: 3 }, 'CIFAR-10')])).toEqual(['MNIST', 'CIFAR-10']);
  });

  it('say what was set differently', () => {
    const rates = [0.1, 0.01].map((rate) => run({ 'optimizer.learningRate': rate, batchSize: 64 }));
    expect(names([...rates, run({ batchSize: 64 })])).toEqual([
      'MNIST · learningRate 0.1',
      'MNIST · learningRate 0.01',
      'MNIST · learningRate as written',
    ]);
    const optimizers = ['adam', 'lion'].map((name, seed) => run({ 'optimizer.name': name }, 'MNIST', seed));
    expect(names(optimizers)).toEqual(['MNIST · seed 0, optimizer adam', 'MNIST · seed 1, optimizer lion']);
  });

  it('are numbered where that says nothing, or too much', () => {
    expect(names([run({}), run({})])).toEqual(['MNIST (1)', 'MNIST (2)']);
    expect(names([run({ batchSize: 1 }), run({ batchSize: 2 }), run({ batchSize: 2 })])).toEqual([
      'MNIST · batchSize 1',
      'MNIST · batchSize 2 (1)',
      'MNIST · batchSize 2 (2)',
    ]);
    expect(names([run({ batchSize: 1, epochs: 1, 'parameters.hidden': 1 }), run({})])).toEqual([
      'MNIST (1)',
      'MNIST (2)',
    ]);
    const long = 'a/very/long/folder/of/data';
    expect(names([run({ 'data.folder': long }), run({})])).toEqual(['MNIST (1)', 'MNIST (2)']);
  });
});
