import { describe, expect, it } from 'vitest';
import type { Batch, LinearModel } from '../../../../src/train/splitting/linearModel';
import { SplittingSolver, type SplittingOptions } from '../../../../src/train/splitting/splittingSolver';
import {
  ANSWERS,
  NOISY_ANSWERS,
  ROWS,
  START,
  TRUTH,
  batchOf,
  distance,
  exponential,
  factorizePair,
  pairs,
} from './reference';

function modelAt(weights: readonly number[]): LinearModel {
  return { inputs: weights.length, outputs: 1, weights: Float64Array.from(weights) };
}

/** The weights after one step. */
function stepped(
  batch: Batch,
  alpha: number,
  options: Partial<SplittingOptions> = {},
  start: readonly number[] = START,
): Float64Array {
  const model = modelAt(start);
  new SplittingSolver(model, { loss: 'squares', local: 'flow', ...options }).step(batch, alpha);
  return model.weights;
}

const SGD = { local: { stages: 1 } } as const;
const first = pairs(ANSWERS)[0]!;

describe('a step of splitting on least squares', () => {
  it.each([
    [
      0.05,
      [-0.0418989944961, -0.0602815622544, 0.370549280214, 0.565415421234],
      [-0.0525, -0.08, 0.375, 0.5775],
    ],
    [0.5, [-0.702892328754, -1.2658237743, 0.719882649636, 1.34285321197], [-1.425, -2.6, 1.05, 2.175]],
    [5, [-0.947691790435, -1.70922983433, 0.858461239618, 1.63384553697], [-15.15, -27.8, 7.8, 18.15]],
  ])('of α = %d is the reference’s, and so is SGD’s', (alpha, split, sgd) => {
    expect(distance(stepped(first, alpha), split)).toBeLessThan(1e-11);
    expect(distance(stepped(first, alpha, SGD), sgd)).toBeLessThan(1e-12);
  });

  it('without an end is the block Kaczmarz method: its rows are satisfied', () => {
    const weights = stepped(first, Infinity);
    const reference = [-0.947692307692, -1.70923076923, 0.858461538462, 1.63384615385];
    expect(distance(weights, reference)).toBeLessThan(1e-11);
    expect(distance(stepped(first, 500), weights)).toBeLessThan(1e-14);
    [0, 1].forEach((row) => {
      const answer = ROWS[row]!.reduce((sum, x, i) => sum + x * weights[i]!, 0);
      expect(answer).toBeCloseTo(ANSWERS[row]!, 13);
    });
  });

  it.each([
    [0.1, [0.00325137500323, 0.00650275000645, 0.3, 0.496748624997]],
    [1, [-0.542655901476, -1.08531180295, 0.3, 1.04265590148]],
    [10, [-0.916620510071, -1.83324102014, 0.3, 1.41662051007]],
    [Infinity, [-0.916666666667, -1.83333333333, 0.3, 1.41666666667]],
  ])('on a single row, for a sixth of the time h = %d, is Kaczmarz’s in the limit', (h, reference) => {
    expect(distance(stepped(batchOf([0], [-6]), h / 6), reference)).toBeLessThan(1e-11);
  });

  it('is what the factorization Xᵀ = QR gives', () => {
    const { q, r } = factorizePair(first);
    const references = [
      [0.408248290464, -0.0506369683542],
      [0.816496580928, 0.202547873417],
      [0, 0.911465430375],
      [-0.408248290464, 0.354458778479],
    ];
    q.forEach((row, i) => expect(distance(row, references[i]!)).toBeLessThan(1e-11));
    expect(distance(r.flat(), [2.44948974278, 0.408248290464, 0, 3.29140294302])).toBeLessThan(1e-11);
    // η* = R⁻ᵀy, by substitution.
    const settled = [ANSWERS[0]! / r[0]![0]!];
    settled.push((ANSWERS[1]! - r[0]![1]! * settled[0]!) / r[1]![1]!);
    const from = [0, 1].map((k) => q.reduce((sum, row, i) => sum + row[k]! * START[i]!, 0));
    for (const alpha of [1e-4, 0.05, 0.5, 5, 500]) {
      const decay = exponential(r, alpha / 2);
      const moved = [0, 1].map(
        (k) =>
          settled[k]! - from[k]! + [0, 1].reduce((s, j) => s + decay[k]![j]! * (from[j]! - settled[j]!), 0),
      );
      const weights = START.map((w, i) => w + q[i]![0]! * moved[0]! + q[i]![1]! * moved[1]!);
      expect(distance(stepped(first, alpha), weights)).toBeLessThan(1e-14);
    }
  });

  it('differs from SGD by O(α²), and from its Euler stages the less the more there are', () => {
    const difference = (alpha: number, stages = 1) =>
      distance(stepped(first, alpha), stepped(first, alpha, { local: { stages } }));
    expect(difference(1e-3) / difference(5e-4)).toBeGreaterThan(3.98);
    expect(difference(1e-3) / difference(5e-4)).toBeLessThan(4.02);
    expect(difference(0.1, 4)).toBeLessThan(0.3 * difference(0.1));
    expect(difference(0.1, 1000)).toBeLessThan(2e-3 * difference(0.1));
  });

  it('is where very many Euler stages end', () => {
    for (const alpha of [0.05, 0.5, 5]) {
      const staged = stepped(first, alpha, { local: { stages: 200_000 } });
      expect(distance(stepped(first, alpha), staged)).toBeLessThan(1e-4);
    }
  });

  it('takes rows that depend on each other, and rows at odds with themselves', () => {
    // Twice the same row: the flow is that of one row with twice the weight.
    const twice = batchOf([0, 0], [-6, -6]);
    for (const alpha of [0.1, 1, 1e8, Infinity]) {
      expect(distance(stepped(twice, alpha), stepped(batchOf([0], [-6]), alpha))).toBeLessThan(1e-12);
    }
    const odds = batchOf([0, 0], [-5, -7]);
    expect(distance(stepped(odds, Infinity), stepped(batchOf([0], [-6]), Infinity))).toBeLessThan(1e-12);
    const nothing: Batch = { rows: 1, inputs: new Float64Array(4), targets: Float64Array.of(3) };
    expect([...stepped(nothing, Infinity)]).toEqual(START);
  });

  it('trains a bias as if each row ended in a one', () => {
    const batch = pairs(ANSWERS)[1]!;
    const withOnes: Batch = {
      ...batch,
      inputs: Float64Array.from([...ROWS[2]!, 1, ...ROWS[3]!, 1]),
    };
    const biased: LinearModel = { ...modelAt(START), bias: Float64Array.of(0.7) };
    new SplittingSolver(biased, { loss: 'squares', local: 'flow' }).step(batch, 0.3);
    const plain = stepped(withOnes, 0.3, {}, [...START, 0.7]);
    expect(distance([...biased.weights, biased.bias![0]!], plain)).toBeLessThan(1e-14);
  });

  it('is held back by a pull: at its end the two are in balance', () => {
    const pull = 0.4;
    const weights = stepped(first, 1e6, { pull });
    // Xᵀ(Xθ − y)/b + pull·(θ − θ₀) = 0.
    for (let i = 0; i < 4; i++) {
      let slope = pull * (weights[i]! - START[i]!);
      for (const row of [0, 1]) {
        const error = ROWS[row]!.reduce((sum, x, k) => sum + x * weights[k]!, -ANSWERS[row]!);
        slope += (ROWS[row]![i]! * error) / 2;
      }
      expect(Math.abs(slope)).toBeLessThan(1e-13);
    }
  });
});

describe('epochs of splitting on least squares', () => {
  function distances(
    answers: readonly number[],
    target: readonly number[],
    alpha: number,
    epochs: readonly number[],
    options: Partial<SplittingOptions> = {},
  ): number[] {
    const model = modelAt(START);
    const solver = new SplittingSolver(model, { loss: 'squares', local: 'flow', ...options });
    const batches = pairs(answers);
    const found: number[] = [];
    for (let epoch = 1; epoch <= Math.max(...epochs); epoch++) {
      for (const batch of batches) solver.step(batch, alpha);
      if (epochs.includes(epoch)) found.push(distance(model.weights, target));
    }
    return found;
  }

  it.each([
    [0.05, [2.97644, 2.53745, 1.61941, 0.185464], [2.9187, 2.45356, 1.51288, 0.144335]],
    [0.5, [1.12715, 0.264307, 0.00395082], [3.52447, 6.99072, 37.3622, 3.13696e6]],
    [5, [0.859873, 0.047332, 1.30627e-5], [1973.36, 2.42552e6, 3.50842e15, 3.58673e61]],
    [500, [0.859937, 0.0474146, 1.31085e-5], [2.18189e9, 3.08685e18, 5.32153e44]],
  ])('of α = %d come as near as the reference’s', (alpha, split, sgd) => {
    const epochs = [1, 2, 5, 20];
    distances(ANSWERS, TRUTH, alpha, epochs.slice(0, split.length)).forEach((ours, i) =>
      expect(Math.abs(ours / split[i]! - 1)).toBeLessThan(5e-6),
    );
    distances(ANSWERS, TRUTH, alpha, epochs.slice(0, sgd.length), SGD).forEach((ours, i) =>
      expect(Math.abs(ours / sgd[i]! - 1)).toBeLessThan(5e-6),
    );
    expect(distances(ANSWERS, TRUTH, alpha, [20])[0]).toBeLessThan(0.19);
  });

  it('end at the truth however long the step is', () => {
    for (const alpha of [0.5, 5, 500, Infinity]) {
      expect(distances(ANSWERS, TRUTH, alpha, [20])[0]).toBeLessThan(1e-11);
    }
  });

  const solution = [1.03459422283, -1.93297799175, 0.395495185695, 2.98514442916];

  it.each([
    [0.01, 0.00173669],
    [0.05, 0.00849087],
    [0.3, 0.0423435],
    [0.5, 0.0600664],
    [5, 0.120008],
    [500, 0.120158],
  ])('with rows at odds end off the solution: α = %d by %d', (alpha, bias) => {
    const [end] = distances(NOISY_ANSWERS, solution, alpha, [2000]);
    expect(Math.abs(end! / bias - 1)).toBeLessThan(1e-5);
  });

  it.each([
    [0.01, 0.0024636],
    [0.05, 0.0129452],
    [0.3, 0.125988],
  ])('SGD ends off it, too: α = %d by %d', (alpha, bias) => {
    const [end] = distances(NOISY_ANSWERS, solution, alpha, [2000], SGD);
    expect(Math.abs(end! / bias - 1)).toBeLessThan(1e-5);
  });

  it('SGD goes to infinity where splitting does not', () => {
    expect(distances(NOISY_ANSWERS, solution, 0.5, [2000], SGD)[0]).not.toBeLessThan(1e100);
  });
});
