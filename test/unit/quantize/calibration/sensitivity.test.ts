import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import type { Model } from '../../../../src/modelfile/model';
import type { CalibratableModel } from '../../../../src/quantize/calibration/runnableModel';
import type { Samples } from '../../../../src/quantize/calibration/samples';
import { measureSensitivities, type CodedAlone } from '../../../../src/quantize/calibration/sensitivity';
import { normalSample } from '../samples';

const INPUTS = 6;
const OUTPUTS = 4;
const COUNT = 5;

describe('how sensitive a model is to its layers', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  const weights = {
    a: normalSample(INPUTS * OUTPUTS, 1),
    b: normalSample(INPUTS * OUTPUTS, 2).map((value) => 0.1 * value),
  };
  type Weights = Record<keyof typeof weights, Float32Array>;
  const x = normalSample(COUNT * INPUTS, 3);

  /** y = xA + xB, and a count of its inputs that is no output to be compared. */
  function model(values: Weights, disposed: string[]): CalibratableModel {
    return {
      weights: new Map(),
      run: (feeds) =>
        Promise.resolve(
          tf.tidy(() => {
            const product = (w: Float32Array) => tf.matMul(feeds['x']!, tf.tensor2d(w, [INPUTS, OUTPUTS]));
            return [product(values.a).add(product(values.b)), tf.scalar(INPUTS, 'int32')] as Tensor[];
          }),
        ),
      changed: (name, changed) => Promise.resolve(model({ ...values, [name]: changed }, disposed)),
      dispose: () => void disposed.push('changed'),
    };
  }

  const samples = (): Samples => ({
    source: 'five samples',
    kind: 'samples',
    count: COUNT,
    feeds: (start, end) => ({ x: tf.tensor2d(x.slice(start * INPUTS, end * INPUTS), [end - start, INPUTS]) }),
  });
  const source = { readFloat32: (name: keyof Weights) => Promise.resolve(weights[name]) } as unknown as Model;

  const outputs = (w: Weights): number[] =>
    Array.from({ length: COUNT * OUTPUTS }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < INPUTS; i++) {
        const at = i * OUTPUTS + (k % OUTPUTS);
        sum += x[Math.floor(k / OUTPUTS) * INPUTS + i]! * (w.a[at]! + w.b[at]!);
      }
      return sum;
    });

  async function measure(
    code: (tensor: string, w: Float32Array) => CodedAlone,
    disposed: string[] = [],
    signal?: AbortSignal,
  ) {
    const done: number[] = [];
    const measured = await measureSensitivities(tf, { source, model: model(weights, disposed) }, samples(), {
      tensors: ['a', 'b'],
      code: (tensor, w) => Promise.resolve(code(tensor, w)),
      signal,
      onProgress: (count) => done.push(count),
    });
    return { measured, done };
  }

  it('is the error of the output, relative to it, over the square of the step', async () => {
    const round = (w: Float32Array, step: number) => w.map((value) => step * Math.round(value / step));
    const { measured } = await measure((_, w) => ({ values: round(w, 0.3), step: 0.3 }));
    const original = outputs(weights);
    const energy = original.reduce((sum, y) => sum + y * y, 0);
    for (const name of ['a', 'b'] as const) {
      const changed = outputs({ ...weights, [name]: round(weights[name], 0.3) });
      const error = changed.reduce((sum, y, k) => sum + (y - original[k]!) ** 2, 0);
      expect(measured.get(name)! / (error / energy / 0.09)).toBeCloseTo(1, 4);
    }
  });

  it('is the same whatever the step, where errors grow with it, and 0 where nothing changes', async () => {
    const shift = (step: number) => (_: string, w: Float32Array) => ({
      values: w.map((value, i) => value + (i % 2 ? step : -step)),
      step,
    });
    const [fine, coarse] = [await measure(shift(0.01)), await measure(shift(0.5))];
    expect(coarse.measured.get('a')! / fine.measured.get('a')!).toBeCloseTo(1, 3);
    const exact = await measure((_, w) => ({ values: w, step: 1 }));
    expect([...exact.measured.values()]).toEqual([0, 0]);
  });

  it('runs the samples once for the model and once for each tensor, and frees all tensors', async () => {
    const before = tf.memory().numTensors;
    const disposed: string[] = [];
    const { done } = await measure((_, w) => ({ values: w, step: 1 }), disposed);
    expect(done).toEqual(Array.from({ length: 3 * COUNT }, (_, i) => i + 1));
    expect(disposed).toEqual(['changed', 'changed']);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('puts the model back when it is told to stop', async () => {
    const controller = new AbortController();
    const disposed: string[] = [];
    const stopped = measure(
      (_, w) => {
        controller.abort(new Error('enough'));
        return { values: w, step: 1 };
      },
      disposed,
      controller.signal,
    );
    await expect(stopped).rejects.toThrow('enough');
    expect(disposed).toEqual(['changed']);
  });
});
