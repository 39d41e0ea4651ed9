import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cancelRun } from '../../../src/runs/cancel';
import { listRuns } from '../../../src/runs/list';
import { readRun } from '../../../src/runs/read';
import { temporaryFolder } from '../runs/workspace';

const dist = path.resolve(process.env['WEIGHTROOM_DIST'] ?? 'dist');
const tfjs = path.resolve('node_modules/@tensorflow/tfjs');

/** A program that fits a line to 20 points in batches of 5. */
async function program(options: { readonly epochs: number; readonly before?: string }) {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'fit line.cjs');
  await writeFile(
    file,
    `const tf = require(${JSON.stringify(tfjs)});
const { watch } = require(${JSON.stringify(path.join(dist, 'index.js'))});
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError', metrics: ['mse'] });
const x = tf.linspace(0, 1, 20).reshape([20, 1]);
const callbacks = watch({ workspace: ${JSON.stringify(folder)} });
${options.before ?? ''}
model.fit(x, x, { epochs: ${options.epochs}, batchSize: 5, validationData: [x, x], verbose: 0, callbacks })
  .catch((error) => { console.error(error.code); process.exit(3); });
`,
  );
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { folder, child, ended };
}

async function underWay(folder: string) {
  for (;;) {
    const [run] = await listRuns(folder);
    if (run && 'trainLoss' in run.last) return run;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('watch', () => {
  it('makes a run of what a program fits: a point a batch, and one an epoch for what is validated', async () => {
    const { folder, ended } = await program({ epochs: 3 });
    expect(await ended).toBe(0);
    const [run] = await listRuns(folder);
    expect(run).toMatchObject({ job: 'train', name: 'fit line', state: 'done' });
    const { events } = await readRun(run!.folder);
    const metrics = events.flatMap((event) => (event.type === 'metrics' ? [event] : []));
    const trained = metrics.filter(({ values }) => 'trainLoss' in values);
    const tested = metrics.filter(({ values }) => 'testLoss' in values);
    expect(trained.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(trained.slice(4).map(({ epoch }) => epoch)).toEqual([1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3]);
    expect(tested.map(({ step, epoch }) => [step, epoch])).toEqual([
      [4, 1],
      [8, 2],
      [12, 3],
    ]);
    expect(Object.keys(trained[0]!.values)).toEqual(['trainLoss', 'trainMse']);
    expect(events.at(-1)).toMatchObject({
      type: 'finished',
      state: 'done',
      summary: { job: 'train', steps: 12 },
    });
    expect(run!.last['testLoss']).toBe(tested.at(-1)!.values['testLoss']);
  });

  it('leaves a run that failed where the program throws, and where it is killed', async () => {
    const throwing =
      "callbacks.onEpochBegin = (epoch) => { if (epoch === 1) throw new Error('in the middle'); };";
    const thrown = await program({ epochs: 3, before: throwing });
    expect(await thrown.ended).toBe(3);
    expect((await listRuns(thrown.folder))[0]).toMatchObject({
      state: 'failed',
      error: { code: 'program-ended' },
      last: { trainLoss: expect.any(Number) as number },
    });
    const killed = await program({ epochs: 1_000_000 });
    expect((await underWay(killed.folder)).state).toBe('running');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect((await listRuns(killed.folder))[0]).toMatchObject({
      state: 'failed',
      error: { code: 'worker-died' },
    });
  });

  it('is cancelled from outside by an error in the next batch', async () => {
    const { folder, ended } = await program({ epochs: 1_000_000 });
    const run = await underWay(folder);
    expect(await cancelRun(run.folder)).toBe('cancelled');
    expect(await ended).toBe(3);
    expect((await listRuns(folder))[0]).toMatchObject({ state: 'cancelled' });
  });
});
