import { describe, expect, it } from 'vitest';
import { accuracy, fitLogisticRegression, penalisedLoss } from '../../../src/math/logisticRegression';
import { Random } from '../../../src/math/random';

function sample(seed: number, count: number, width: number) {
  const random = new Random(seed);
  const truth = Float64Array.from({ length: width }, () => random.normal());
  const features = new Float64Array(count * width);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    let z = 0.3;
    for (let i = 0; i < width; i++) {
      const x = random.normal();
      features[row * width + i] = x;
      z += truth[i]! * x;
    }
    labels[row] = random.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0;
  }
  return { features, labels };
}

describe('fitLogisticRegression', () => {
  it('stands where the gradient of the penalised loss is zero', () => {
    const { features, labels } = sample(7, 300, 5);
    const penalty = 0.01;
    const model = fitLogisticRegression(features, labels, { penalty });
    for (let i = 0; i < model.length; i++) {
      const h = 1e-5;
      const ahead = model.slice();
      const behind = model.slice();
      ahead[i]! += h;
      behind[i]! -= h;
      const slope =
        (penalisedLoss(ahead, features, labels, penalty) - penalisedLoss(behind, features, labels, penalty)) /
        (2 * h);
      expect(Math.abs(slope)).toBeLessThan(1e-8);
    }
  });

  it('stays finite on data that a plane separates', () => {
    const features = Float64Array.of(-2, -1, 1, 2);
    const labels = Uint8Array.of(0, 0, 1, 1);
    const model = fitLogisticRegression(features, labels, { penalty: 1e-4 });
    expect(model.every(Number.isFinite)).toBe(true);
    expect(accuracy(model, features, labels)).toBe(1);
  });

  it('finds the direction that the labels were drawn from', () => {
    const train = sample(3, 2000, 4);
    const model = fitLogisticRegression(train.features, train.labels, { penalty: 1e-4 });
    const flipped = model.map((w) => -w);
    expect(accuracy(model, train.features, train.labels)).toBeGreaterThan(0.7);
    expect(accuracy(flipped, train.features, train.labels)).toBeLessThan(0.3);
  });
});
