import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { metricsOf, record } from './record';
import { spiralExperiment } from './spirals';

describe('training from given weights', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  /** The file that a run wrote, and what its last test said. */
  async function trained() {
    const { outputs, events } = await record({ tf, experiment: spiralExperiment(tf) });
    return { weights: path.join(outputs, 'model.safetensors'), tested: metricsOf(events).at(-1)![1] };
  }

  it('with no steps tests the model as it was, whatever the seed', async () => {
    const { weights, tested } = await trained();
    const experiment = spiralExperiment(tf, { seed: 77 });
    const { events, result } = await record({ tf, experiment, weights, maxSteps: 0 });
    expect(result.steps).toBe(0);
    expect(metricsOf(events)).toEqual([[0, tested]]);
  });

  it('goes on from them with a fresh optimizer', async () => {
    const { weights } = await trained();
    const { events } = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }), weights });
    const fresh = await record({ tf, experiment: spiralExperiment(tf, { epochs: 1 }) });
    const firstLoss = (all: typeof events) => metricsOf(all)[0]![1]['trainLoss']!;
    expect(firstLoss(events)).toBeLessThan(0.5 * firstLoss(fresh.events));
  });

  it('leaves what the file does not have fresh, and says so', async () => {
    const { weights } = await trained();
    const experiment = spiralExperiment(tf, {
      model: () =>
        tf.sequential({
          layers: [
            tf.layers.dense({ inputShape: [2], units: 24, activation: 'tanh' }),
            tf.layers.dense({ units: 2, name: 'head' }),
          ],
        }),
    });
    const { events } = await record({ tf, experiment, weights, maxSteps: 0 });
    expect(events).toContainEqual({
      type: 'message',
      level: 'info',
      text: 'model.safetensors does not have head/kernel, head/bias: fresh weights take their place.',
    });
  });

  it('refuses weights of another shape, and files where nothing fits', async () => {
    const { weights } = await trained();
    const withLayer = (units: number, name: string) =>
      spiralExperiment(tf, {
        model: () =>
          tf.sequential({
            layers: [
              tf.layers.dense({ inputShape: [2], units, name }),
              tf.layers.dense({ units: 2, name: 'x' }),
            ],
          }),
      });
    await expect(record({ tf, experiment: withLayer(25, 'dense'), weights })).rejects.toMatchObject({
      code: 'weights-mismatch',
      message: expect.stringContaining('[2, 24]') as string,
    });
    await expect(record({ tf, experiment: withLayer(24, 'other'), weights })).rejects.toMatchObject({
      code: 'weights-mismatch',
      message: expect.stringContaining('other/kernel') as string,
    });
  });
});
