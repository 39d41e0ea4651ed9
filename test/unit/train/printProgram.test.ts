import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { printTrainingProgram } from '../../../src/train/printProgram';

const file = path.resolve(__dirname, 'fixtures/plane.ts');
let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
});

it('prints the step of an experiment after all passes, without what nobody uses', async () => {
  const text = await printTrainingProgram(tf, file, {});
  expect(text).toMatchInlineSnapshot(`
    "%75 [4, 3] = MatMul(input1, hidden/kernel) transpose_a=false transpose_b=false
    %11 [4, 3] = BiasAdd(%75, hidden/bias) data_format=NHWC
    %12 [4, 3] = Tanh(%11)
    %77 [4, 1] = MatMul(%12, out/kernel) transpose_a=false transpose_b=false
    %18 [1, 4, 1] = Reshape(%77, (1, 4, 1))
    %20 [1, 4, 1] = Add(%18, out/bias)
    %22 [4, 1] = Reshape(%20, (4, 1))
    %23 [4, 1] = SquaredDifference(input2, %22)
    %25 [] = Sum(%23, (0, 1)) keep_dims=false
    %27 [] = RealDiv(%25, 4)
    %34 [] = RealDiv(1, 4)
    %36 [1, 1] = Reshape(%34, (1, 1))
    %38 [4, 1] = Mul(%36, (1, 1, 1, 1))
    %39 [4, 1] = Sub(%22, input2)
    %41 [4, 1] = Mul(2, %39)
    %42 [4, 1] = Mul(%38, %41)
    %44 [1, 4, 1] = Reshape(%42, (1, 4, 1))
    %79 [4, 3] = MatMul(%42, out/kernel) transpose_a=false transpose_b=true
    %81 [3, 1] = MatMul(%12, %42) transpose_a=true transpose_b=false
    %48 [1] = BiasAddGrad(%44) data_format=NHWC
    %58 [4, 3] = TanhGrad(%12, %79)
    %62 [3] = BiasAddGrad(%58) data_format=NHWC
    %85 [2, 3] = MatMul(input1, %58) transpose_a=true transpose_b=false
    gradientDescent(rate)
      hidden/kernel' = hidden/kernel moved by %85
      hidden/bias' = hidden/bias moved by %62
      out/kernel' = out/kernel moved by %81
      out/bias' = out/bias moved by %48
    return %27"
  `);
});

it('prints it op for op as TensorFlow.js computes it in exact mode', async () => {
  const text = await printTrainingProgram(tf, file, { compile: 'exact' });
  expect(text).not.toContain('TanhGrad');
  expect(text).toContain(':=');
});

it('leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  await printTrainingProgram(tf, file, {});
  expect(tf.memory().numTensors).toBe(before);
});

it('says why there is none', async () => {
  await expect(printTrainingProgram(tf, file, { compile: 'off' })).rejects.toMatchObject({
    code: 'not-compiled',
  });
});
