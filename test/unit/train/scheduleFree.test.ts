import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { createOptimizer } from '../../../src/train/optimizers/create';

const STEPS = 80;
const [RATE, BETA1, BETA2, EPSILON, DECAY] = [0.05, 0.9, 0.999, 1e-7, 0.1];
const slope = (w: number): number => 4 * w - 3;
const factorOf = (step: number): number => (step < 20 ? (step + 1) / 20 : 1 - step / 200);

/** As published, in float64: y where the gradient is taken, x the average, after each step. */
function reference(start: number): { y: number; x: number }[] {
  let [x, z, v, weights, largest] = [start, start, 0, 0, 0];
  const points = [];
  for (let step = 0; step < STEPS; step++) {
    const y = (1 - BETA1) * z + BETA1 * x;
    const rate = RATE * factorOf(step);
    v = BETA2 * v + (1 - BETA2) * slope(y) ** 2;
    z -= rate * (slope(y) / (Math.sqrt(v / (1 - BETA2 ** (step + 1))) + EPSILON) + DECAY * y);
    largest = Math.max(largest, rate);
    weights += largest ** 2;
    const share = largest ** 2 / weights;
    x = (1 - share) * x + share * z;
    points.push({ y: (1 - BETA1) * z + BETA1 * x, x });
  }
  return points;
}

describe('Schedule-Free AdamW', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  it('agrees with the published algorithm where gradients are taken and where it is tested', () => {
    const weight = tf.variable(tf.scalar(2));
    const optimizer = createOptimizer(
      tf,
      { name: 'schedule-free-adamw', learningRate: RATE, weightDecay: DECAY, noDecay: [] },
      [{ name: 'weight', variable: weight }],
      { factor: factorOf },
    );
    for (const { y, x } of reference(2)) {
      const at = weight.dataSync()[0]!;
      optimizer.step({ [weight.name]: tf.scalar(slope(at)) });
      optimizer.iterations++;
      expect(Math.abs(weight.dataSync()[0]! - y)).toBeLessThan(1e-5);
      expect(Math.abs(optimizer.evaluated!()[0]!.dataSync()[0]! - x)).toBeLessThan(1e-5);
    }
    expect(Math.abs(reference(2).at(-1)!.x - reference(2).at(-1)!.y)).toBeGreaterThan(1e-3);
  });

  it('does not average what it averages', () => {
    const settings = { name: 'schedule-free-adamw', learningRate: 1 } as const;
    expect(() => createOptimizer(tf, settings, [], { averageWeights: 0.9 })).toThrow(
      expect.objectContaining({ code: 'averaged-twice' }),
    );
  });
});
