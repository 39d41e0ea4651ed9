import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/protocol/run';
import { createRun } from '../../../src/runs/create';
import { listRuns } from '../../../src/runs/list';
import { readWorker } from '../../../src/runs/mark';
import { isAlive } from '../../../src/runs/process';
import { runFiles } from '../../../src/runs/layout';
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
