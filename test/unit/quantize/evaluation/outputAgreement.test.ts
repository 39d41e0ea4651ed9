import { describe, expect, it } from 'vitest';
import { OutputAgreement, type ModelOutput } from '../../../../src/quantize/evaluation/outputAgreement';

const output = (shape: readonly number[], ...values: number[]) => [
  { shape, values: Float32Array.from(values) },
];

type Sample = readonly [before: readonly ModelOutput[], after: readonly ModelOutput[]];

function figures(...samples: readonly Sample[]): Record<string, number> {
  const agreement = new OutputAgreement();
  for (const sample of samples) agreement.add(...sample);
  return Object.fromEntries(agreement.qualities('a task').map(({ metric, after }) => [metric, after]));
}

describe('how alike answers are', () => {
  it('is the mean of 1 − cosine over the rows of vectors', () => {
    const first = [output([1, 2], 3, 4), output([1, 2], 4, 3)] as const;
    const second = [output([1, 2], 1, 0), output([1, 2], 5, 0)] as const;
    expect(figures(first, second)).toEqual({ '1 − cosine': (1 - 24 / 25) / 2 });
    expect(figures(first, first)['1 − cosine']).toBeCloseTo(1 - 24 / 25, 15);
  });

  it('counts the rows of all tensors and samples', () => {
    const agreement = new OutputAgreement();
    const [rows] = output([1, 3, 2], 1, 2, 3, 4, 5, 6);
    agreement.add([rows!, ...output([1, 2], 1, 1)], [rows!, ...output([1, 2], 1, 1)]);
    expect(agreement.qualities('a task')).toEqual([
      { task: 'a task', metric: '1 − cosine', before: 0, after: 0, higherIsBetter: false, samples: 4 },
    ]);
  });

  it('is also how often the top answer is the same, where the rows are probabilities', () => {
    const same = [output([1, 3], 0.2, 0.7, 0.1), output([1, 3], 0.3, 0.4, 0.3)] as const;
    const other = [output([1, 3], 0.5, 0.3, 0.2), output([1, 3], 0.4, 0.45, 0.15)] as const;
    expect(figures(same, other, same, same)['same top answer']).toBe(0.75);
    const logits = [output([1, 3], 2, 7, 1), output([1, 3], 3, 4, 3)] as const;
    expect(Object.keys(figures(same, logits))).toEqual(['1 − cosine']);
  });

  it('is the relative change of single numbers, which have no direction', () => {
    expect(figures([output([2, 1], 3, 4), output([2, 1], 3, 5)])).toEqual({ 'relative change': 1 / 5 });
  });

  it('holds for zeros', () => {
    const zeros = output([1, 2], 0, 0);
    expect(figures([zeros, zeros])).toEqual({ '1 − cosine': 0 });
    expect(figures([zeros, output([1, 2], 1, 0)])).toEqual({ '1 − cosine': 1 });
    expect(figures()).toEqual({});
  });
});
