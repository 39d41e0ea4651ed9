import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { openModel } from '../../../../src/modelfile/open';
import type { OutputForm } from '../../../../src/protocol/jobSpec';
import { compareOutputs } from '../../../../src/quantize/evaluation/compareOutputs';
import { openAnyModel } from '../../../../src/quantize/native/open';
import { saveModel } from '../../loader/saveModel';
import { temporaryFolder } from '../../modelfile/temporaryFolder';
import { quantizeSpec, quantizeWhole } from '../modelFiles';

describe('the answers of a classifier before and after', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  async function saved(): Promise<string> {
    const dense = (units: number, seed: number, rest: object = {}) =>
      tf.layers.dense({ units, kernelInitializer: tf.initializers.heNormal({ seed }), ...rest });
    const model = tf.sequential({
      layers: [
        dense(64, 1, { inputShape: [64], activation: 'relu' }),
        dense(64, 2, { activation: 'softmax' }),
      ],
    });
    const file = await saveModel(tf, model, await temporaryFolder());
    model.dispose();
    return file;
  }

  async function compared(bits: number, form: OutputForm = 'native', signal?: AbortSignal) {
    const file = await saved();
    const source = await openAnyModel(file);
    const output = path.join(await temporaryFolder(), 'model.json');
    await quantizeWhole(await openModel(file), quantizeSpec(file, output, { method: 'rtn', bits, form }));
    try {
      return await compareOutputs(tf, source, output, { seed: 1, signal });
    } finally {
      await source.close();
    }
  }

  it('are measured on random inputs, and differ the more the fewer bits there are', async () => {
    const task = { task: 'Answers to random inputs', samples: 32 };
    const coarse = await compared(2);
    expect(coarse).toMatchObject([
      { ...task, metric: '1 − cosine', before: 0, higherIsBetter: false },
      { ...task, metric: 'same top answer', before: 1, higherIsBetter: true },
    ]);
    const fine = await compared(8);
    expect(coarse[0]!.after).toBeGreaterThan(0.05);
    expect(fine[0]!.after).toBeGreaterThan(0);
    expect(fine[0]!.after).toBeLessThan(coarse[0]!.after / 100);
    expect(coarse[1]!.after).toBeLessThan(fine[1]!.after);
  });

  it('are the same whichever form is written, and each time', async () => {
    expect(await compared(3, 'portable')).toEqual(await compared(3, 'native'));
  });

  it('leave no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await compared(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are not waited for where somebody stops it', async () => {
    await expect(compared(3, 'native', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
