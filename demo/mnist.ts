import path from 'node:path';
import type { EngineId } from '../src/protocol/engine';
import type { TrainSpec } from '../src/protocol/jobSpec';
import type { RunView } from '../src/protocol/messages';
import { execute } from './jobs';

/** The same network and batches; each optimizer with a learning rate that suits it. */
const OPTIMIZERS: readonly { readonly label: string; readonly overrides: TrainSpec['overrides'] }[] = [
  { label: 'Adam, 0.001', overrides: { 'optimizer.name': 'adam', 'optimizer.learningRate': 0.001 } },
  {
    label: 'SGD with momentum 0.9, 0.1',
    overrides: {
      'optimizer.name': 'momentum',
      'optimizer.learningRate': 0.1,
      'optimizer.momentum': 0.9,
    },
  },
];

export const MNIST_NOTE = 'The network of examples/mnist-mlp.ts, the same seed, batches and epochs for both.';

export interface MnistResult {
  readonly label: string;
  readonly steps: number;
  readonly seconds: number;
  readonly trainLoss: number;
  readonly testAccuracy: number;
  readonly run: RunView;
}

/** Trains `examples/mnist-mlp.ts` with two optimizers, one after the other. */
export async function trainMnist(
  workspace: string,
  engine: EngineId,
  epochs: number,
): Promise<MnistResult[]> {
  const results: MnistResult[] = [];
  for (const { label, overrides } of OPTIMIZERS) {
    const run = await execute(workspace, {
      job: 'train',
      experiment: path.resolve(__dirname, '..', 'examples', 'mnist-mlp.ts'),
      engine,
      overrides: { ...overrides, name: `MNIST, ${label}` },
      epochs,
    });
    const summary = run.finished?.summary;
    if (summary?.job !== 'train') throw new Error('A finished training carries its summary.');
    results.push({
      label,
      steps: summary.steps,
      seconds: run.summary.seconds,
      trainLoss: summary.final['trainLoss'] ?? NaN,
      testAccuracy: summary.final['testAccuracy'] ?? NaN,
      run,
    });
  }
  return results;
}
