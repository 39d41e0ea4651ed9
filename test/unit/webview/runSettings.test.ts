import { expect, test } from 'vitest';
import type { TrainSpec } from '../../../src/protocol/jobSpec';
import { differingSettings, settingsOf } from '../../../webview/ui/runSettings';

const train = (change: Partial<TrainSpec> = {}): TrainSpec => ({
  job: 'train',
  experiment: '/home/ada/mnist.ts',
  engine: 'best',
  overrides: {},
  ...change,
});

test('settings have the names that --set has for them; where a trial belongs is none', () => {
  const spec = train({ epochs: 5, sweep: 'a-sweep', overrides: { 'optimizer.learningRate': 0.1 } });
  expect(Object.fromEntries(settingsOf(spec))).toEqual({
    job: 'train',
    experiment: '/home/ada/mnist.ts',
    engine: 'best',
    epochs: 5,
    'optimizer.learningRate': 0.1,
  });
});

test('a setting differs where a run has another value, or none', () => {
  const rate = (learningRate: number) => ({ 'optimizer.learningRate': learningRate, batchSize: 32 });
  expect(
    differingSettings([
      train({ epochs: 5, seed: 1, overrides: rate(0.1) }),
      train({ seed: 2, overrides: rate(0.1) }),
    ]),
  ).toEqual(['epochs', 'seed']);
  expect(differingSettings([train({ overrides: rate(0.1) }), train({ overrides: rate(1) })])).toEqual([
    'optimizer.learningRate',
  ]);
  expect(differingSettings([train(), train({ sweep: 'a' })])).toEqual([]);
});
