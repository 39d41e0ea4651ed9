import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { Random } from '../../../../src/math/random';
import { momentsOfParts, partsOf } from '../../../../src/train/instruments/gradientMoments';
import { estimateNoise, readNoise, type NoiseReading } from '../../../../src/train/instruments/noise';
import { exampleGradients, inTensors, linearProblem } from './linearProblem';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('cpu'));
});

const LAYERS = [
  { name: 'kernel', places: [0] },
  { name: 'bias', places: [1] },
];

async function read(size: number, count: number, scales?: number[]): Promise<NoiseReading> {
  const { variables, gradientOf } = inTensors(tf, linearProblem(size));
  const b = size / count;
  const parts = Array.from({ length: count }, (_, j) =>
    gradientOf(Array.from({ length: b }, (_, i) => j * b + i)),
  );
  const tensors = scales && [tf.tensor2d(scales.slice(0, 3), [3, 1]), tf.tensor1d(scales.slice(3))];
  const before = tf.memory().numTensors;
  const { parts: ofBatch, ...moments } = momentsOfParts(tf, parts, b, [3, 1]);
  expect(ofBatch).toEqual({ count, size: b });
  const reading = await readNoise(tf, { parts: ofBatch, ...moments }, [3, 1], LAYERS, tensors);
  tf.dispose({ ...moments });
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([...variables, ...parts, ...(tensors ?? [])]);
  return reading;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Cockpit's tests, as they are written in its paper, and the rest, of gradients of single examples in float64. */
function exactly(gradients: readonly (readonly number[])[]) {
  const size = gradients.length;
  const average = gradients[0]!.map((_, k) => mean(gradients.map((gradient) => gradient[k]!)));
  const square = dot(average, average);
  const deviations = gradients.map((gradient) => gradient.map((entry, k) => entry - average[k]!));
  const variances = average.map((_, k) => (mean(deviations.map((row) => row[k]! ** 2)) * size) / (size - 1));
  const along = gradients.reduce((sum, gradient) => sum + dot(gradient, average) ** 2, 0);
  const squares = gradients.reduce((sum, gradient) => sum + dot(gradient, gradient), 0);
  return {
    variances,
    variance: variances.reduce((sum, value) => sum + value, 0),
    normTest: Math.sqrt(
      deviations.reduce((sum, row) => sum + dot(row, row), 0) / ((size - 1) * size * square),
    ),
    innerProductTest: Math.sqrt((along - size * square ** 2) / ((size - 1) * size * square ** 2)),
    orthogonalityTest: Math.sqrt((squares - along / square) / ((size - 1) * size * square)),
    signalToNoise: mean(average.map((entry, k) => entry ** 2 / variances[k]!)),
  };
}

describe('noise of gradients', () => {
  it('is what float64 says of single examples', async () => {
    const exact = exactly(exampleGradients(linearProblem(24)));
    const { all, signalToNoise, byLayer, scaledVariance } = await read(24, 24);
    for (const key of ['variance', 'normTest', 'innerProductTest', 'orthogonalityTest'] as const) {
      expect(all[key] / exact[key]).toBeCloseTo(1, 4);
    }
    expect(signalToNoise / exact.signalToNoise).toBeCloseTo(1, 4);
    expect(scaledVariance).toBeCloseTo(all.variance, 3);
    expect(byLayer[1]!.variance / exact.variances[3]!).toBeCloseTo(1, 4);
    expect(byLayer[0]!.variance + byLayer[1]!.variance).toBeCloseTo(all.variance, 3);
  });

  it('divides the variance of each weight by its scale', async () => {
    const scales = [1, 2, 4, 0.5];
    const exact = exactly(exampleGradients(linearProblem(24))).variances;
    const { scaledVariance } = await read(24, 24, scales);
    expect(scaledVariance / exact.reduce((sum, value, k) => sum + value / scales[k]!, 0)).toBeCloseTo(1, 4);
  });

  it('is without bias, from parts of any size', () => {
    const examples = exampleGradients(linearProblem(40));
    const size = examples.length;
    const exact = exactly(examples);
    // Examples are drawn anew with replacement: their variance is over the 40, divided by 40.
    const variance = (exact.variance * (size - 1)) / size;
    const average = examples[0]!.map((_, k) => mean(examples.map((gradient) => gradient[k]!)));
    const square = dot(average, average);
    const random = new Random(3);
    for (const [count, b] of [
      [4, 3],
      [2, 8],
      [8, 1],
    ] as const) {
      const draws = 6000;
      const sums = { variance: 0, square: 0 };
      for (let draw = 0; draw < draws; draw++) {
        const parts = Array.from({ length: count }, () => {
          const drawn = Array.from({ length: b }, () => examples[random.integer(size)]!);
          return average.map((_, k) => mean(drawn.map((gradient) => gradient[k]!)));
        });
        const whole = average.map((_, k) => mean(parts.map((part) => part[k]!)));
        const deviations = parts.map((part) => part.map((entry, k) => entry - whole[k]!));
        const estimates = estimateNoise(
          {
            square: dot(whole, whole),
            deviation: deviations.reduce((sum, row) => sum + dot(row, row), 0),
            along: deviations.map((row) => dot(row, whole)),
          },
          { count, size: b },
        );
        sums.variance += estimates.variance / draws;
        sums.square += estimates.square / draws;
      }
      expect(Math.abs(sums.variance / variance - 1)).toBeLessThan(0.04);
      expect(Math.abs(sums.square / square - 1)).toBeLessThan(0.08);
    }
  });

  it('divides a batch into equal parts, as many as can be', () => {
    expect(partsOf(128, 8)).toEqual({ count: 8, size: 16 });
    expect(partsOf(60, 8)).toEqual({ count: 6, size: 10 });
    expect(partsOf(16, 32)).toEqual({ count: 16, size: 1 });
    expect(partsOf(2, 8)).toEqual({ count: 2, size: 1 });
    // 127 is prime: seven are left out.
    expect(partsOf(127, 8)).toEqual({ count: 8, size: 15 });
  });
});
