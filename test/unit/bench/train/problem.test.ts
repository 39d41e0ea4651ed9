import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compile } from '../../../../src/compile/compile';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { NETWORKS } from '../../../../bench/train/networks/networks';
import { BATCHES, readProblem, writeProblem } from '../../../../bench/train/problem';

let tf: TensorFlow;
let folder: string;

beforeAll(async () => {
  ({ tf } = await loadEngine('tensorflow'));
  folder = await mkdtemp(path.join(os.tmpdir(), 'weightroom-problem-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('is the same every time', async () => {
  const files = ['a', 'b'].map((name) => path.join(folder, `${name}.safetensors`));
  for (const file of files) await writeProblem(file, NETWORKS.lstm);
  const [a, b] = await Promise.all(files.map((file) => readFile(file)));
  expect(a!.equals(b!)).toBe(true);
});

it('has the weights and batches that the network asks for', async () => {
  const file = path.join(folder, 'lstm.safetensors');
  await writeProblem(file, NETWORKS.lstm);
  const { weights, batches } = await readProblem(tf, file, NETWORKS.lstm);
  expect(weights['recurrent/kernel']!.shape).toEqual([32, 256]);
  expect(tf.moments(weights['recurrent/kernel']!).variance.dataSync()[0]).toBeCloseTo(0.15 ** 2, 2);
  expect(tf.max(tf.abs(weights['head/bias']!)).dataSync()[0]).toBe(0);
  expect(batches).toHaveLength(BATCHES);
  for (const [x, y] of batches) {
    expect(x.shape).toEqual([32, 20, 32]);
    expect(y.shape).toEqual([32, 5]);
    expect(new Set(tf.sum(y, 1).dataSync())).toEqual(new Set([1]));
  }
});

const names = [
  ...(['mlp', 'mlpMomentum', 'mlpNagGs', 'mlpNagGsUpdated', 'cnnBatchnorm', 'lstm', 'gru'] as const),
];
it.each(names)('%s begins at chance and learns', async (name) => {
  const network = NETWORKS[name];
  const file = path.join(folder, `${name}.safetensors`);
  await writeProblem(file, network);
  const { weights, batches } = await readProblem(tf, file, network);
  const step = compile(tf, network.build(tf, weights));
  const [x, y] = batches[0]!;
  const losses = Array.from({ length: 12 }, () => step(x, y).dataSync()[0]!);
  expect(step.info()).toMatchObject([{ state: 'compiled' }]);
  step.dispose();
  expect(losses[0]! / Math.log(network.classes)).toBeGreaterThan(0.8);
  expect(losses[0]! / Math.log(network.classes)).toBeLessThan(1.5);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
});
