import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { calibratableModel, splitSamples } from '../../../src/train/calibratable';
import { trainableModel, type TrainableModel } from '../../../src/train/trainableModel';

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await loadEngine('cpu'));
});

function trained(): TrainableModel {
  const w = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
  return trainableModel(tf, {
    variables: { w },
    forward: (x: Parameters<TrainableModel['apply']>[0]) => x.matMul(w),
  });
}

describe('a model of an experiment', () => {
  it('is calibrated with other values of a weight, and gets its own back', async () => {
    const model = trained();
    const subject = calibratableModel(tf, model);
    const feeds = { x: tf.tensor2d([1, 10], [1, 2]) };
    const answer = async (of: typeof subject) => {
      const [y] = await of.run(feeds);
      const values = [...y!.dataSync()];
      y!.dispose();
      return values;
    };
    const before = tf.memory().numTensors;
    expect(await answer(subject)).toEqual([31, 42]);
    const changed = await subject.changed('w', Float32Array.of(1, 0, 0, 1));
    expect(await answer(changed)).toEqual([1, 10]);
    changed.dispose();
    expect(await answer(subject)).toEqual([31, 42]);
    expect(tf.memory().numTensors).toBe(before);
    expect([...subject.weights.keys()]).toEqual(['w']);
    model.dispose();
    feeds.x.dispose();
  });

  it('is given examples from all over the training data', () => {
    const x = { values: Int32Array.from({ length: 20 }, (_, i) => i), shape: [2] };
    const split = { size: 10, x, y: x };
    const samples = splitSamples(tf, split, 4, 'numbers');
    expect(samples).toMatchObject({
      count: 4,
      source: '4 examples of numbers',
      kind: 'examples of numbers',
    });
    const { x: fed } = samples.feeds(1, 4);
    expect(fed!.dtype).toBe('int32');
    expect(fed!.arraySync()).toEqual([
      [4, 5],
      [10, 11],
      [14, 15],
    ]);
    fed!.dispose();
    expect(splitSamples(tf, split, 99, 'numbers').count).toBe(10);
  });
});
