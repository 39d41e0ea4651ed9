import type * as tfjs from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { LayerInputs } from '../../../../src/quantize/calibration/layerInputs';
import type { LayerStatistics } from '../../../../src/quantize/calibration/statistics';
import { normalSample } from '../samples';

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

/** E[x xᵀ] over rows of `x` `[samples, inputs]`. */
function secondMoments(x: Float32Array, inputs: number): number[] {
  const samples = x.length / inputs;
  const means = new Array<number>(inputs * inputs).fill(0);
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < means.length; i++) {
      means[i]! += (x[s * inputs + Math.floor(i / inputs)]! * x[s * inputs + (i % inputs)]!) / samples;
    }
  }
  return means;
}

/** Runs `use` with a weight of that shape under observation. */
function observe(shape: readonly number[], use: (weight: tfjs.Tensor) => void): LayerStatistics | undefined {
  const before = tf.memory().numTensors;
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const weight = tf.tensor(normalSample(size, 1), [...shape]);
  const inputs = new LayerInputs(tf, new Map([['w', weight]]));
  tf.tidy(() => {
    use(weight);
  });
  const statistics = inputs.finish().get('w');
  weight.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return statistics;
}

function expectClose(values: Float64Array, expected: readonly number[]): void {
  expect(values.length).toBe(expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
  expect(worst).toBeLessThan(1e-5);
}

const x = normalSample(60, 2);

describe('what layers are given', () => {
  it('is gathered over the rows of the other operand, whichever way the weight stands', () => {
    const rows = () => tf.tensor2d(x, [12, 5]);
    const ways: [number[], boolean, (w: tfjs.Tensor2D) => void][] = [
      [[5, 3], false, (w) => tf.matMul(rows(), w)],
      [[3, 5], true, (w) => tf.matMul(rows(), w, false, true)],
      [[3, 5], true, (w) => tf.matMul(w, rows().transpose())],
      [[3, 5], true, (w) => tf.matMul(w, rows(), false, true)],
      [[5, 3], false, (w) => tf.matMul(w, rows().transpose(), true)],
      [[5, 3], false, (w) => tf.matMul(rows().transpose(), w, true)],
      [[5, 3], false, (w) => tf.fused.matMul({ a: rows(), b: w, activation: 'relu' })],
      [[5, 3], false, (w) => tf.matMul(tf.tensor3d(x, [3, 4, 5]), w)],
      [[5, 3], false, (w) => tf.matMul(rows(), w.clone().reshape([1, 5, 3]).squeeze())],
      [[3, 5], true, (w) => tf.matMul(rows(), w.transpose())],
    ];
    for (const [shape, outputsFirst, use] of ways) {
      const statistics = observe(shape, (w) => use(w as tfjs.Tensor2D))!;
      expect(statistics).toMatchObject({ kind: 'hessian', inputs: 5, samples: 12, outputsFirst });
      expectClose(statistics.values, secondMoments(x, 5));
    }
  });

  it('is gathered over the patches of a convolution', () => {
    // Two images of 3 × 3 pixels and 2 channels, a kernel of 2 × 2: eight patches of eight numbers.
    const images = normalSample(36, 3);
    const statistics = observe([2, 2, 2, 4], (w) =>
      tf.conv2d(tf.tensor4d(images, [2, 3, 3, 2]), w as tfjs.Tensor4D, 1, 'valid'),
    )!;
    const patches = new Float32Array(64);
    let at = 0;
    for (const image of [0, 18]) {
      for (const corner of [0, 2, 6, 8]) {
        for (const pixel of [0, 2, 6, 8]) {
          patches[at++] = images[image + corner + pixel]!;
          patches[at++] = images[image + corner + pixel + 1]!;
        }
      }
    }
    expect(statistics).toMatchObject({ kind: 'hessian', inputs: 8, samples: 8, outputsFirst: false });
    expectClose(statistics.values, secondMoments(patches, 8));
  });

  it('sees zeros beyond the border, strides and dilations as the convolution does', () => {
    const image = normalSample(5 * 5, 4);
    for (const [strides, pad, dilations] of [
      [2, 'same', 1],
      [1, 'same', 2],
    ] as const) {
      let outputs: Float32Array = new Float32Array();
      const statistics = observe([3, 3, 1, 1], (w) => {
        const y = tf.conv2d(
          tf.tensor4d(image, [1, 5, 5, 1]),
          w as tfjs.Tensor4D,
          strides,
          pad,
          'NHWC',
          dilations,
        );
        outputs = y.dataSync<'float32'>();
      })!;
      // The mean square of the outputs is wᵀHw.
      const w = normalSample(9, 1);
      let energy = 0;
      for (let i = 0; i < 81; i++) energy += w[Math.floor(i / 9)]! * statistics.values[i]! * w[i % 9]!;
      const meanSquare = outputs.reduce((sum, y) => sum + y * y, 0) / outputs.length;
      expect(energy).toBeCloseTo(meanSquare, 4);
    }
  });

  it('counts lookups once more than they occur', () => {
    const statistics = observe([4, 3], (w) =>
      tf.gather(w, tf.tensor2d([0, 2, 2, 2, 0, 3], [2, 3], 'int32')),
    )!;
    expect(statistics).toMatchObject({ kind: 'lookups', inputs: 4, samples: 6, outputsFirst: false });
    expectClose(statistics.values, [0.3, 0.1, 0.4, 0.2]);
  });

  it('prefers the product to the lookup of a tied table', () => {
    const statistics = observe([4, 5], (w) => {
      tf.gather(w, tf.tensor1d([0, 1], 'int32'));
      tf.matMul(tf.tensor2d(x, [12, 5]), w, false, true);
      tf.gather(w, tf.tensor1d([3], 'int32'));
    })!;
    expect(statistics).toMatchObject({ kind: 'hessian', inputs: 5, samples: 12, outputsFirst: true });
  });

  it('averages over many calls, however the samples are cut', () => {
    const many = normalSample(5000 * 3, 6);
    const whole = observe([3, 2], (w) => tf.matMul(tf.tensor2d(many, [5000, 3]), w))!;
    const pieces = observe([3, 2], (w) => {
      for (let i = 0; i < 50; i++) {
        tf.tidy(() => {
          tf.matMul(tf.tensor2d(many.slice(300 * i, 300 * (i + 1)), [100, 3]), w);
        });
      }
    })!;
    expect(pieces.samples).toBe(5000);
    expectClose(pieces.values, [...whole.values]);
  });

  it('sees nothing of weights that are not multiplied, nor after the end', () => {
    expect(observe([5, 3], (w) => w.add(1).square().sum())).toBeUndefined();
    const weight = tf.ones([5, 3]);
    const inputs = new LayerInputs(tf, new Map([['w', weight]]));
    expect(inputs.finish().size).toBe(0);
    tf.dispose([tf.matMul(tf.ones([2, 5]), weight), weight]);
    expect(inputs.finish().size).toBe(0);
  });
});
