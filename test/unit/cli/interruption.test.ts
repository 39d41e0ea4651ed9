import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/protocol/events';
import type { RunSummary } from '../../../src/protocol/run';
import { createRun } from '../../../src/runs/create';
import { listRuns } from '../../../src/runs/list';
import { readWorker } from '../../../src/runs/mark';
import { isAlive } from '../../../src/runs/process';
import { runFiles } from '../../../src/runs/layout';
import { writeModel } from '../quantize/modelFiles';
import { temporaryFolder } from '../runs/workspace';
import { untilMeasured } from '../worker/until';
import { document, startCommand, type Command } from './commandLine';
import { writeExperiment } from './files';

const FOREVER = ['--engine', 'cpu', '--epochs', '1000000', '--json'];

async function firstRun(folder: string): Promise<RunSummary> {
  for (;;) {
    const [run] = await listRuns(folder);
    if (run) return run;
    await pause();
  }
}

async function untilLogged(folder: string, text: string): Promise<void> {
  for (;;) {
    const log = await readFile(runFiles(folder).log, 'utf8').catch(() => '');
    if (log.includes(text)) return;
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** A run whose worker lives on another host, so that cancelling it takes seconds of waiting. */
async function runElsewhere(folder: string): Promise<string> {
  const experiment = await writeExperiment(folder, 'line.ts');
  const run = await createRun(folder, { job: 'train', experiment, engine: 'cpu', overrides: {} });
  await writeFile(runFiles(run).worker, JSON.stringify({ pid: 1, host: 'elsewhere', start: '1' }));
  return run;
}

async function training(): Promise<{ started: Command; folder: string; run: RunSummary }> {
  const folder = await temporaryFolder();
  const started = startCommand(folder, ['run', await writeExperiment(folder, 'line.ts'), ...FOREVER]);
  const run = await firstRun(folder);
  await untilMeasured(run.folder);
  return { started, folder, run };
}

describe('an interrupted command', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'is ended by the first %s where it has nothing to clean up',
    async (signal) => {
      const folder = await temporaryFolder();
      const run = await runElsewhere(folder);
      const { child, result } = startCommand(folder, ['cancel', run, '--json']);
      await expect.poll(() => existsSync(runFiles(run).cancel), { timeout: 10_000 }).toBe(true);
      child.kill(signal);
      const { code, stdout } = await result;
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cancelled' } });
    },
  );
});

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops it cleanly, exits with 130, and leaves no process',
    async (signal) => {
      const { started, run } = await training();
      const worker = await readWorker(run.folder);
      started.child.kill(signal);
      const { code, stdout } = await started.result;
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ run: run.id, state: 'cancelled', engine: 'cpu' });
      // Its last word is in the journal a moment before it is gone.
      await expect.poll(() => isAlive(worker!.process), { timeout: 5000 }).toBe(false);
      const journal = await readFile(runFiles(run.folder).journal, 'utf8');
      expect(journal.trim().split('\n').at(-1)).toContain('"state":"cancelled"');
    },
  );

  it('two Ctrl-C stop also what does not listen', async () => {
    const folder = await temporaryFolder();
    const deaf = await writeExperiment(folder, 'deaf.ts', "console.log('deaf now'); for (;;);");
    const started = startCommand(folder, ['run', deaf, ...FOREVER]);
    const run = await firstRun(folder);
    await untilLogged(run.folder, 'deaf now');
    const worker = await readWorker(run.folder);
    started.child.kill('SIGINT');
    await pause();
    started.child.kill('SIGINT');
    expect((await started.result).code).toBe(130);
    expect(await isAlive(worker!.process)).toBe(false);
    expect(await document(folder, 'runs')).toMatchObject([{ state: 'cancelled' }]);
  });

  it('is told by `cancel` from another terminal', async () => {
    const { started, folder, run } = await training();
    expect(await document(folder, 'cancel', run.id.slice(-4))).toEqual({ id: run.id, state: 'cancelled' });
    const { code, stdout } = await started.result;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'cancelled' });
  });

  it('goes on when only its terminal dies', async () => {
    const { started, folder, run } = await training();
    started.child.kill('SIGKILL');
    await started.result;
    expect(await document(folder, 'runs')).toMatchObject([{ id: run.id, state: 'running' }]);
    expect(await document(folder, 'cancel', run.id)).toEqual({ id: run.id, state: 'cancelled' });
  });
});

describe('a quantization that is interrupted', () => {
  it('while it compares methods is done, and says what is not finished', async () => {
    const folder = await temporaryFolder();
    const values = Float32Array.from({ length: 2 ** 18 }, (_, i) => Math.sin(i * i));
    await (await writeModel(folder, [{ name: 'weight', dtype: 'F32', shape: [1024, 256], values }])).close();
    const flags = ['--method', 'rtn', '--preset', 'thorough', '--threads', '1'];
    const { child, result } = startCommand(folder, ['quantize', 'model.safetensors', ...flags, '--json']);
    const run = await firstRun(folder);
    const journal = () => readFile(runFiles(run.folder).journal, 'utf8').catch(() => '');
    while (!(await journal()).includes('"type":"rateDistortion"')) await pause();
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ run: run.id, unfinished: ['comparison'] });
    expect((await listRuns(folder))[0]!.state).toBe('done');
    expect(existsSync(path.join(folder, 'model.w4.safetensors'))).toBe(true);
    const types = (await journal())
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as RunEvent).type);
    expect(types.indexOf('output')).toBeLessThan(types.indexOf('rateDistortion'));
    expect(types.at(-1)).toBe('finished');
    const worker = await readWorker(run.folder);
    await expect.poll(() => isAlive(worker!.process), { timeout: 5000 }).toBe(false);
  });

  it('before its file is written leaves none', async () => {
    const folder = await temporaryFolder();
    const values = Float32Array.from({ length: 2 ** 21 }, (_, i) => Math.sin(i * i));
    await (await writeModel(folder, [{ name: 'weight', dtype: 'F32', shape: [8192, 256], values }])).close();
    const flags = ['--method', 'dependent', '--preset', 'thorough', '--threads', '1', '--no-comparison'];
    const { child, result } = startCommand(folder, ['quantize', 'model.safetensors', ...flags, '--json']);
    const run = await firstRun(folder);
    const journal = () => readFile(runFiles(run.folder).journal, 'utf8').catch(() => '');
    while (!(await journal()).includes('"type":"progress"')) await pause();
    child.kill('SIGINT');
    expect((await result).code).toBe(130);
    expect((await listRuns(folder))[0]!.state).toBe('cancelled');
    expect(await readdir(folder)).toEqual(['.weightroom', 'model.safetensors']);
  });
});
