import { describe, expect, it } from 'vitest';
import { heavyBallOf } from '../../../../src/math/dynamics/nagGs';
import type { VerdictEvent } from '../../../../src/protocol/instruments';
import { freshMemory, readMemory, type InstrumentMemory } from '../../../../src/train/instruments/memory';
import { judge, type Evidence } from '../../../../src/train/instruments/verdicts';

const NOTHING = {
  batchSize: 64,
  optimizer: { name: 'sgd', learningRate: 0.1 },
  values: {},
  byLayer: {},
  layers: ['a', 'b'],
} as const;

/** Judges one reading after another with one memory. @returns levels of one kind of verdict, '' where it is silent */
function levels(id: string, readings: readonly Partial<Evidence>[], memory = freshMemory()): string[] {
  return readings.map((reading, step) => {
    const evidence = { ...NOTHING, step, memory, ...reading };
    return judge(evidence).find((verdict) => verdict.id === id)?.level ?? '';
  });
}

const margins = (values: number[]): Partial<Evidence>[] =>
  values.map((stabilityMargin) => ({
    values: {
      stabilityMargin,
      learningRate: 0.1,
      largestCurvature: 20 / stabilityMargin,
      curvatureLimit: 20,
    },
  }));

function verdict(id: string, reading: Partial<Evidence>, memory = freshMemory()): VerdictEvent | undefined {
  return judge({ ...NOTHING, step: 9, memory, ...reading }).find((found) => found.id === id);
}

describe('verdicts', () => {
  it('are silent where nothing is wrong, and where nothing changes', () => {
    expect(levels('stability', margins([3, 2.5, 4]))).toEqual(['', '', '']);
    expect(levels('stability', margins([3, 0.7, 0.6, 0.8]))).toEqual(['', 'warning', '', '']);
  });

  it('do not flicker about a limit', () => {
    expect(levels('stability', margins([0.99, 1.01, 0.99, 1.02, 1.6]))).toEqual([
      'warning',
      '',
      '',
      '',
      'good',
    ]);
    expect(levels('stability', margins([1.19, 1.21, 1.19, 1.6]))).toEqual(['notice', '', '', 'good']);
  });

  it('name the rate that the curvature allows', () => {
    expect(verdict('stability', margins([0.5])[0]!)).toEqual({
      type: 'verdict',
      step: 9,
      id: 'stability',
      level: 'warning',
      text: 'The step is 2 times what the largest curvature allows: the loss may grow.',
      remedy: 'Lower optimizer.learningRate below 0.05, or lengthen its warm-up.',
      evidence: [
        { quantity: 'stabilityMargin', value: 0.5, limit: 1 },
        { quantity: 'largestCurvature', value: 40, limit: 20 },
      ],
      field: 'optimizer.learningRate',
    });
  });

  it('name the α of NAG-GS, and what it follows from where it follows the curvature', () => {
    const [mu, gamma, largestCurvature] = [1, 1.5, 10];
    const reading = (alpha: number): Partial<Evidence> => {
      const { rate, momentum } = heavyBallOf({ alpha, mu, gamma });
      const limit = (2 * (1 + momentum)) / rate;
      return {
        values: {
          learningRate: rate,
          largestCurvature,
          curvatureLimit: limit,
          stabilityMargin: limit / largestCurvature,
          nagGsAlpha: alpha,
          nagGsMu: mu,
          nagGsGamma: gamma,
        },
      };
    };
    // α_crit is 1.233: a step below is stable, one above is not.
    expect(verdict('stability', reading(1.22))).toMatchObject({ level: 'notice' });
    expect(
      verdict('stability', { ...reading(2), optimizer: { name: 'nag-gs', alpha: 2, gamma } }),
    ).toMatchObject({
      level: 'warning',
      remedy: 'Lower optimizer.alpha below 1.2, or lengthen its warm-up.',
      field: 'optimizer.alpha',
    });
    const following = { name: 'nag-gs', curvature: 'auto' } as const;
    expect(verdict('stability', { ...reading(1.22), optimizer: following })).toBeUndefined();
    expect(verdict('stability', { ...reading(2), optimizer: following })).toMatchObject({
      level: 'warning',
      field: 'optimizer.measureEvery',
    });
    const large = (optimizer: Evidence['optimizer']) =>
      verdict('update-ratio', { values: { updateRatio: 0.1 }, optimizer })?.remedy;
    expect(large({ name: 'nag-gs' })).toContain('Lower optimizer.alpha,');
    expect(large(following)).toContain('Lower optimizer.conditionNumber,');
    expect(large({ ...following, mu: 0.1 })).toContain('Raise optimizer.mu,');
  });

  it('find steps that end beyond the valley, by the middle of several', () => {
    const memory: InstrumentMemory = { ...freshMemory(), positions: [0.9, 0.8, -0.5, 0.7] };
    expect(verdict('overshoot', { values: { alpha: 0.7 } }, memory)).toBeUndefined();
    memory.positions.push(0.6);
    expect(verdict('overshoot', { values: { alpha: 0.6 } }, memory)).toMatchObject({
      level: 'warning',
      evidence: [{ quantity: 'alpha', value: 0.7, limit: 0.5 }],
    });
  });

  it('suggest a batch size where noise is far above or below the gradient', () => {
    const noise = { variance: 1, square: 1, scaledVariance: 1 };
    const of = (noiseScale: number, square = 1) =>
      verdict('noise', { values: { noiseScale } }, { ...freshMemory(), noise: { ...noise, square } });
    expect(of(200)).toBeUndefined();
    expect(of(2100)).toMatchObject({ level: 'notice', field: 'batchSize' });
    expect(of(2100)!.remedy).toContain('about 2048');
    expect(of(Infinity, -1)!.remedy).toContain('Try a larger batchSize or');
    expect(of(2)!.text).toContain('a smaller one would do');
  });

  it('find layers whose units are dead, or whose gradient vanishes or explodes', () => {
    expect(verdict('dead-units', { byLayer: { deadUnits: [0.1, 0.6] } })).toMatchObject({
      level: 'warning',
      text: '60 % of the units of b had no gradient.',
    });
    const norms = (gradientNorm: number, byLayer: number[], earlier: number[] = []) =>
      verdict(
        'gradients',
        { values: { gradientNorm }, byLayer: { gradientNorm: byLayer } },
        { ...freshMemory(), gradientNorms: [...earlier, gradientNorm] },
      );
    expect(norms(1, [0.8, 0.6])).toBeUndefined();
    expect(norms(1, [1, 1e-6])).toMatchObject({ level: 'notice', evidence: [{ layer: 'b' }] });
    expect(norms(50, [50, 1], [1, 1.2, 0.9])).toMatchObject({ level: 'warning', field: 'clipNorm' });
    expect(norms(NaN, [1, NaN])).toMatchObject({ level: 'warning', evidence: [{ layer: 'b' }] });
  });

  it('find steps that change weights much or not at all', () => {
    expect(verdict('update-ratio', { values: { updateRatio: 1e-3 } })).toBeUndefined();
    expect(verdict('update-ratio', { values: { updateRatio: 0.1 } })?.level).toBe('warning');
    expect(verdict('update-ratio', { values: { updateRatio: 1e-8 } })?.level).toBe('notice');
  });

  it('find a loss that noise keeps up', () => {
    const flat = Array.from({ length: 128 }, (_, i) => 1 + (i % 2 === 0 ? 0.1 : -0.1));
    const falling = flat.map((loss, i) => loss + (128 - i) / 64);
    const of = (losses: number[], floor: number) =>
      verdict('plateau', { values: { noiseFloor: floor, plateau: 0.1 } }, { ...freshMemory(), losses });
    expect(of(flat, 0.5)).toMatchObject({ level: 'notice', field: 'optimizer.learningRate' });
    expect(of(flat, 0.01)).toBeUndefined();
    expect(of(falling, 2)).toBeUndefined();
  });

  it('find steps too long for the flow of the last layer', () => {
    const of = (splittingConsistency: number): Partial<Evidence> => ({ values: { splittingConsistency } });
    expect(levels('splitting', [0.1, 0.6, 0.5, 1.5, 1.1, 0.9, 0.3].map(of))).toEqual([
      '',
      'notice',
      '',
      'warning',
      '',
      'notice',
      'good',
    ]);
    expect(verdict('splitting', of(2))).toMatchObject({
      text: 'A step of the last layer ends 200 % of its way from the flow of its batch’s loss: it is too long to follow it.',
      remedy: 'Lower optimizer.learningRate, or begin with a warm-up.',
      evidence: [{ quantity: 'splittingConsistency', value: 2, limit: 1.3 }],
      field: 'optimizer.learningRate',
    });
  });

  it('go on from what a checkpoint holds', () => {
    const memory: InstrumentMemory = {
      ...freshMemory(),
      noise: { variance: 1, square: 2, scaledVariance: 3 },
      curvature: { largest: 4, trace: 5 },
      positions: [0.5, NaN],
    };
    levels('stability', margins([0.5]), memory);
    const read = readMemory(JSON.parse(JSON.stringify(memory)));
    expect(read).toEqual(memory);
    expect(levels('stability', margins([0.6]), read)).toEqual(['']);
  });
});
