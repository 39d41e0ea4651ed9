import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import { curvatureOfHessian, curvatureOfMoments } from '../../../../src/quantize/feedback/curvature';
import { outputError } from '../../../../src/quantize/feedback/outputError';
import { codeWithFeedback } from '../../../../src/quantize/feedback/recurrence';
import type { FeedbackMatrix, RowCoder } from '../../../../src/quantize/method';
import { normalSample } from '../samples';
import { transformerLayer } from '../../../../bench/quantize/transformerLayer';
import { roundingCoder } from './roundingCoder';

const identity = (n: number) => Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));

describe('codeWithFeedback', () => {
  it('changes nothing where H is the identity', async () => {
    const weights = normalSample(200 * 24, 5);
    const coder = roundingCoder(0.5);
    const { reconstruction } = await codeWithFeedback(weights, curvatureOfHessian(identity(200), 200), coder);
    expect(reconstruction).toEqual(weights.map((weight) => 0.5 * Math.round(weight / 0.5)));
  });

  it('corrects what is left by the formula, for two inputs', async () => {
    // Inputs with correlation ρ: an error of the first row is best made up for by ρ times it in the second.
    const rho = 0.6;
    const { factor, rowSteps, inputs } = curvatureOfHessian([1, rho, rho, 1], 2);
    const damped = rho / 1.01;
    const { reconstruction } = await codeWithFeedback(
      Float32Array.of(0.3, 7),
      { factor: factor!, rowSteps, inputs },
      roundingCoder(1),
    );
    expect(factor![1]! / rowSteps[0]!).toBeCloseTo(-damped, 12);
    expect([...reconstruction]).toEqual([0, Math.round(7 + 0.3 * damped)]);
  });

  it('is what eager updates of all rows below give', async () => {
    const inputs = 300;
    const outputs = 7;
    const { weights, hessian } = transformerLayer(inputs, outputs, 3);
    const curvature = curvatureOfHessian(hessian, inputs);
    const { reconstruction } = await codeWithFeedback(weights, curvature, roundingCoder(0.25));

    const work = Float64Array.from(weights);
    let different = 0;
    for (let c = 0; c < inputs; c++) {
      for (let j = 0; j < outputs; j++) {
        const coded = 0.25 * Math.round(work[c * outputs + j]! / 0.25);
        // Where float32 decides the other way at the middle between two levels, take its side.
        if (coded !== reconstruction[c * outputs + j]) different++;
        const error = work[c * outputs + j]! - reconstruction[c * outputs + j]!;
        for (let k = c + 1; k < inputs; k++) {
          work[k * outputs + j]! -= (error * curvature.factor![c * inputs + k]!) / curvature.rowSteps[c]!;
        }
      }
    }
    expect(different).toBeLessThan(3);
  });

  it('shows a coder its group with all errors of the rows above made up for', async () => {
    const outputs = 3;
    const { weights, hessian, inputs } = transformerLayer(200, outputs, 4);
    const { factor, ...curvature } = curvatureOfHessian(hessian, inputs);
    let seen = new Float32Array();
    const start = (matrix: FeedbackMatrix): RowCoder => {
      const rounding = roundingCoder(0.5)(matrix);
      return {
        ...rounding,
        groupRows: 96,
        code(index, reconstruction) {
          if (index === 96) seen = matrix.work.slice(96 * outputs, 192 * outputs);
          rounding.code(index, reconstruction);
        },
      };
    };
    const { reconstruction } = await codeWithFeedback(weights, { ...curvature, factor: factor! }, start);

    const work = Float64Array.from(weights);
    for (let c = 0; c < 96; c++) {
      for (let k = c + 1; k < 192; k++) {
        const share = factor![c * inputs + k]! / curvature.rowSteps[c]!;
        for (let j = 0; j < outputs; j++) {
          work[k * outputs + j]! -= (work[c * outputs + j]! - reconstruction[c * outputs + j]!) * share;
        }
      }
    }
    const expected = work.subarray(96 * outputs, 192 * outputs);
    expect(seen.length).toBe(expected.length);
    const worst = seen.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(worst).toBeLessThan(1e-4);
  });

  it('leaves the weights alone, and codes them as they are where only moments are known', async () => {
    const weights = normalSample(50 * 4, 9);
    const before = weights.slice();
    const moments = Float64Array.from({ length: 50 }, (_, i) => i);
    const curvature = curvatureOfMoments(moments);
    const { reconstruction } = await codeWithFeedback(weights, curvature, roundingCoder(1));
    expect(weights).toEqual(before);
    expect(reconstruction).toEqual(weights.map((weight) => Math.round(weight)));
    expect(curvature.rowSteps[49]! / curvature.rowSteps[0]!).toBeCloseTo(Math.sqrt(0.245 / 49.245), 6);
  });

  it('halves the output error of rounding, and more', async () => {
    const { weights, hessian, inputs } = transformerLayer(512, 384, 1);
    const coder = roundingCoder(0.4);
    const plain = weights.map((weight) => 0.4 * Math.round(weight / 0.4));
    const fed = await codeWithFeedback(weights, curvatureOfHessian(hessian, inputs), coder);
    const without = outputError(hessian, inputs, weights, plain);
    expect(without / outputError(hessian, inputs, weights, fed.reconstruction)).toBeGreaterThan(2);
  });

  it('stops when it is told to', async () => {
    const { weights, hessian, inputs } = transformerLayer(64, 8, 1);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(
      codeWithFeedback(weights, curvatureOfHessian(hessian, inputs), roundingCoder(1), { signal }),
    ).rejects.toThrow('enough');
  });
});

describe('outputError', () => {
  it('is the mean square of the change of the outputs over that of the outputs', () => {
    const inputs = 5;
    const outputs = 3;
    const random = new Random(8);
    const x = Array.from({ length: 40 }, () => Float64Array.from({ length: inputs }, () => random.normal()));
    const hessian = new Float64Array(inputs * inputs);
    for (const v of x) for (let i = 0; i < 25; i++) hessian[i]! += v[Math.floor(i / 5)]! * v[i % 5]!;
    const a = normalSample(inputs * outputs, 1);
    const b = normalSample(inputs * outputs, 2);
    let change = 0;
    let energy = 0;
    for (const v of x) {
      for (let j = 0; j < outputs; j++) {
        let before = 0;
        let after = 0;
        for (let i = 0; i < inputs; i++) {
          before += v[i]! * a[i * outputs + j]!;
          after += v[i]! * b[i * outputs + j]!;
        }
        change += (after - before) ** 2;
        energy += before ** 2;
      }
    }
    expect(outputError(hessian, inputs, a, b)).toBeCloseTo(change / energy, 5);
    expect(outputError(hessian, inputs, a, a)).toBe(0);
  });

  it('takes a diagonal as the matrix that it stands for', () => {
    const moments = Float64Array.of(1, 2, 0, 5);
    const full = new Float64Array(16);
    moments.forEach((moment, i) => (full[5 * i] = moment));
    const a = normalSample(4 * 6, 1);
    const b = normalSample(4 * 6, 2);
    expect(outputError(moments, 4, a, b)).toBeCloseTo(outputError(full, 4, a, b), 6);
  });
});
