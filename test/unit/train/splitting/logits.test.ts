import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { integrate } from '../../../../src/math/ode/dormandPrince';
import { logitsOf, type Batch, type LinearModel } from '../../../../src/train/splitting/linearModel';
import { residualOf, type LocalLoss } from '../../../../src/train/splitting/localLoss';
import { SplittingSolver, type SplittingOptions } from '../../../../src/train/splitting/splittingSolver';
import { START, batchOf, distance } from './reference';

const fine = { relative: 1e-10, absolute: 1e-12 };

function stepped(
  model: LinearModel,
  batch: Batch,
  alpha: number,
  options: Partial<SplittingOptions> & Pick<SplittingOptions, 'loss'>,
): { readonly weights: Float64Array; readonly evaluations: number; readonly covered: number } {
  const { inputs, outputs } = model;
  const moved = { inputs, outputs, weights: model.weights.slice() };
  const solver = new SplittingSolver(moved, { local: 'flow', tolerance: fine, ...options });
  return { weights: moved.weights, ...solver.step(batch, alpha) };
}

/** The flow in the space of the weights, which the solver never enters. */
function flowOfWeights(model: LinearModel, batch: Batch, loss: LocalLoss, time: number): Float64Array {
  const { inputs: width, outputs } = model;
  const weights = model.weights.slice();
  const residual = new Float64Array(batch.rows * outputs);
  const field = (at: Float64Array, slope: Float64Array) => {
    const logits = logitsOf({ ...model, weights: at }, batch);
    residualOf(loss, logits, batch.targets, outputs, residual);
    slope.fill(0);
    for (let row = 0; row < batch.rows; row++) {
      for (let i = 0; i < width; i++) {
        const x = batch.inputs[row * width + i]! / batch.rows;
        for (let k = 0; k < outputs; k++) slope[i * outputs + k]! -= x * residual[row * outputs + k]!;
      }
    }
  };
  const options = { relativeTolerance: 1e-11, absoluteTolerance: 1e-13, maxSteps: 100_000, stableStep: 1e-3 };
  expect(integrate(field, weights, time, options).reached).toBe(time);
  return weights;
}

describe('a step of splitting on logistic regression', () => {
  const model: LinearModel = { inputs: 4, outputs: 1, weights: Float64Array.from(START) };
  const batch = batchOf([0, 1], [1, 0]);

  it.each([
    [0.3, [0.123127468082, 0.207056244226, 0.182403924184, 0.337673839979]],
    [3, [0.28353490342, 0.320492827027, -0.439730939436, -0.0301118832318]],
    [30, [0.705094444713, 0.878122050843, -1.29620051575, -0.737161283295]],
    [3000, [1.57319248394, 2.10872848825, -2.81296943888, -2.11084896357]],
  ])('for a third of the time h = %d is the reference’s', (h, reference) => {
    const { weights, covered } = stepped(model, batch, h / 3, { loss: 'logistic' });
    expect(covered).toBe(1);
    expect(distance(weights, reference)).toBeLessThan(1e-6);
  });

  it('agrees with SGD to O(α²), and with the flow of all weights', () => {
    const difference = (alpha: number) =>
      distance(
        stepped(model, batch, alpha, { loss: 'logistic' }).weights,
        stepped(model, batch, alpha, { loss: 'logistic', local: { stages: 1 } }).weights,
      );
    expect(difference(1e-3) / difference(5e-4)).toBeGreaterThan(3.95);
    expect(difference(1e-3) / difference(5e-4)).toBeLessThan(4.05);
    const { weights } = stepped(model, batch, 5, { loss: 'logistic' });
    expect(distance(weights, flowOfWeights(model, batch, 'logistic', 5))).toBeLessThan(1e-8);
  });
});

describe('a step of splitting on softmax regression', () => {
  const model: LinearModel = {
    inputs: 4,
    outputs: 3,
    weights: Float64Array.from([1, -1, 0, 0, 1, -1, 1, 0, 1, -1, 1, 0], (x) => 0.1 * x),
  };
  const batch = batchOf([0, 1], [0, 0, 1, 1, 0, 0]);

  it.each([
    [
      0.3,
      [
        0.0806375921151, -0.115659313483, 0.0350217213677, -0.00823317588557, 0.0536155812491,
        -0.0453824053636, 0.191474919653, -0.0451973753561, 0.0537224557032, -0.0501459522308, 0.100593521697,
        -0.0504475694666,
      ],
    ],
    [
      3,
      [
        -0.030738127708, -0.202215063078, 0.232953190786, -0.102324946475, -0.179323259084, 0.281648205559,
        0.577453926823, -0.224679398784, -0.15277452804, 0.189889436649, 0.12732193015, -0.317211366799,
      ],
    ],
    [
      30,
      [
        -0.207994666312, -0.338776349329, 0.546771015642, -0.287304954175, -0.523710248224, 0.811015202399,
        1.08605313535, -0.438472648696, -0.447580486651, 0.536679044761, 0.192618799764, -0.729297844525,
      ],
    ],
    [
      3000,
      [
        -0.521137313959, -0.579930718292, 1.10106803225, -0.60161121618, -1.12898080513, 1.73059202131,
        2.02199023521, -0.807358105652, -1.01463212956, 1.1618007257, 0.310811349741, -1.47261207544,
      ],
    ],
  ])('for a third of the time h = %d is the reference’s', (h, reference) => {
    expect(distance(stepped(model, batch, h / 3, { loss: 'softmax' }).weights, reference)).toBeLessThan(1e-6);
  });

  it('moves the weights of all classes by nothing in sum, and in the span of the rows only', () => {
    const { weights } = stepped(model, batch, 4, { loss: 'softmax' });
    // Orthogonal to both rows.
    const across = [3, 0, -1, 3];
    for (let k = 0; k < 3; k++) {
      expect(
        across.reduce((sum, a, i) => sum + a * (weights[3 * i + k]! - model.weights[3 * i + k]!), 0),
      ).toBeCloseTo(0, 12);
    }
    for (let i = 0; i < 4; i++) {
      const moved = [0, 1, 2].reduce((sum, k) => sum + weights[3 * i + k]! - model.weights[3 * i + k]!, 0);
      expect(Math.abs(moved)).toBeLessThan(1e-9);
    }
  });

  it('with the tolerance that it has by itself errs little beside the step', () => {
    for (const alpha of [0.1, 1, 10, 1000]) {
      const { weights } = stepped(model, batch, alpha, { loss: 'softmax' });
      const inputs = { inputs: 4, outputs: 3, weights: model.weights.slice() };
      new SplittingSolver(inputs, { loss: 'softmax', local: 'flow' }).step(batch, alpha);
      expect(distance(weights, inputs.weights)).toBeLessThan(2e-3 * distance(weights, model.weights));
    }
  });

  it('takes rows that depend on each other: the same row with two labels settles between them', () => {
    const odds: Batch = {
      rows: 2,
      inputs: Float64Array.from([1, 2, 0, -1, 1, 2, 0, -1]),
      targets: Float64Array.from([1, 0, 0, 0, 1, 0]),
    };
    const { weights, covered, evaluations } = stepped(model, odds, 20, { loss: 'softmax' });
    expect(distance(weights, flowOfWeights(model, odds, 'softmax', 20))).toBeLessThan(1e-7);
    expect(covered).toBe(1);
    const [a, b, c] = logitsOf({ ...model, weights }, odds);
    expect(a! - b!).toBeCloseTo(0, 6);
    expect(a! - c!).toBeGreaterThan(2);

    // Its steps have a limit; what is left undone is told, and nothing diverges.
    const long = stepped(model, odds, 1e7, {
      loss: 'softmax',
      tolerance: { relative: 1e-3, absolute: 1e-5 },
    });
    expect(long.covered).toBeLessThan(1);
    expect(evaluations).toBeLessThan(6500);
    const settled = logitsOf({ ...model, weights: long.weights }, odds);
    expect(settled[0]! - settled[1]!).toBeCloseTo(0, 4);
  });

  it('does not overflow where logits are large', () => {
    const large = { ...model, weights: model.weights.map((w) => 1e4 * w) };
    for (const options of [{}, { local: { stages: 4 } }] as const) {
      const { weights } = stepped(large, batch, 1, { loss: 'softmax', ...options });
      expect(weights.every(Number.isFinite)).toBe(true);
    }
  });

  it('is held back by a pull', () => {
    const pull = 0.2;
    const { weights } = stepped(model, batch, 200, { loss: 'softmax', pull });
    const residual = new Float64Array(6);
    residualOf('softmax', logitsOf({ ...model, weights }, batch), batch.targets, 3, residual);
    for (let i = 0; i < 4; i++) {
      for (let k = 0; k < 3; k++) {
        const slope =
          pull * (weights[3 * i + k]! - model.weights[3 * i + k]!) +
          [0, 1].reduce((sum, row) => sum + (batch.inputs[4 * row + i]! * residual[3 * row + k]!) / 2, 0);
        expect(Math.abs(slope)).toBeLessThan(1e-7);
      }
    }
  });

  it('of a batch of 64 takes as many evaluations as the reference’s method, and grows with the logarithm of α', () => {
    const random = new Random(1);
    const images: Batch = {
      rows: 64,
      inputs: Float64Array.from({ length: 64 * 784 }, () => (random.uniform() < 0.4 ? random.uniform() : 0)),
      targets: new Float64Array(640),
    };
    for (let row = 0; row < 64; row++) images.targets[10 * row + random.integer(10)] = 1;
    // Measured with SciPy's RK45 at a relative tolerance of 1e-3, on other images of the kind.
    const measured = [
      [0.1, 26],
      [1, 50],
      [10, 110],
      [100, 158],
      [1000, 200],
    ] as const;
    for (const [alpha, reference] of measured) {
      const zero: LinearModel = {
        inputs: 784,
        outputs: 10,
        weights: new Float64Array(7840),
        bias: new Float64Array(10),
      };
      const { evaluations } = new SplittingSolver(zero, { loss: 'softmax', local: 'flow' }).step(
        images,
        alpha,
      );
      expect(evaluations / reference).toBeGreaterThan(0.5);
      expect(evaluations / reference).toBeLessThan(1.5);
    }
  });
});
