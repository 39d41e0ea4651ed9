import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJobSpec } from '../../../src/protocol/parseJobSpec';
import { cancelRun } from '../../../src/runs/cancel';
import { createRun } from '../../../src/runs/create';
import { launchRun } from '../../../src/runs/launch';
import { runFiles } from '../../../src/runs/layout';
import { readWorker } from '../../../src/runs/mark';
import { isAlive, type ProcessMark } from '../../../src/runs/process';
import { readRun } from '../../../src/runs/read';
import { removeRun } from '../../../src/runs/remove';
import { temporaryWorkspace } from '../runs/workspace';
import { bundle, type Bundle } from './bundle';
import { untilMeasured, untilOver } from './until';

let worker: Bundle;
beforeAll(async () => {
  worker = await bundle('scriptedWorker.ts');
});
afterAll(() => worker.remove());

async function created(script: string): Promise<string> {
  const { workspace, spec } = await temporaryWorkspace({ script });
  return createRun(workspace, spec);
}

async function launched(script: string): Promise<string> {
  const folder = await created(script);
  await launchRun(folder, { worker: worker.file });
  return folder;
}

async function processOf(folder: string): Promise<ProcessMark> {
  const mark = (await readWorker(folder))?.process;
  if (!mark) throw new Error('No worker took the run.');
  return mark;
}

async function untilExit(mark: ProcessMark): Promise<void> {
  while (await isAlive(mark)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a worker', () => {
  it('writes the journal from started to finished, and is gone afterwards', async () => {
    const folder = await launched('brief');
    const summary = await untilOver(folder);
    expect(summary).toMatchObject({ state: 'done', name: 'scripted brief', last: { trainLoss: 0.2 } });
    await untilExit(await processOf(folder));
    const { events, environment } = await readRun(folder);
    expect(events.at(0)).toMatchObject({ type: 'started' });
    expect(events.at(-1)).toMatchObject({ type: 'finished', state: 'done', summary: { steps: 5 } });
    expect(events.filter((event) => event.type === 'metrics').map((event) => event.step)).toEqual([
      0, 1, 2, 3, 4,
    ]);
    expect(environment).toMatchObject({ node: process.version });
    expect(await readFile(runFiles(folder).log, 'utf8')).toContain('playing brief');
    expect(existsSync(runFiles(folder).reserve)).toBe(false);
  });

  it('writes a progress at most ten times a second, and always the last', async () => {
    const folder = await launched('talkative');
    await untilOver(folder);
    const { events, summary } = await readRun(folder);
    const progress = events.filter((event) => event.type === 'progress');
    expect(progress.at(-1)).toMatchObject({ done: 50_000 });
    expect(progress.length).toBeLessThanOrEqual(summary.seconds * 10 + 2);
  });

  it.each([
    ['mistake', { code: 'batch-too-big', message: 'The batch is too big.', remedy: 'Make it smaller.' }],
    ['bug', { code: 'internal', message: 'undefined is not a tensor' }],
    ['crash', { code: 'internal', message: 'thrown where nobody catches' }],
    ['rejection', { code: 'internal', message: 'rejected where nobody catches' }],
  ])('says the last word on a %s', async (script, error) => {
    const folder = await launched(script);
    expect(await untilOver(folder)).toMatchObject({ state: 'failed', error });
    expect(await readFile(runFiles(folder).log, 'utf8')).toContain(error.message);
  });

  it('leaves a run alone that another one took', async () => {
    const folder = await launched('endless');
    await untilMeasured(folder);
    const code = await new Promise((resolve) => {
      spawn(process.execPath, [worker.file, folder], { stdio: 'ignore' }).on('close', resolve);
    });
    expect(code).toBe(2);
    expect((await readRun(folder)).summary.state).toBe('running');
    await cancelRun(folder);
  });
});

describe('a worker that is killed', () => {
  it('is shown as failed with the last lines of its log, within three seconds', async () => {
    const folder = await launched('endless');
    await untilMeasured(folder);
    const over = untilOver(folder);
    const killed = Date.now();
    process.kill((await processOf(folder)).pid, 'SIGKILL');
    expect(await over).toMatchObject({
      state: 'failed',
      error: { code: 'worker-died' },
      logTail: ['playing endless'],
    });
    expect(Date.now() - killed).toBeLessThan(3000);
    await removeRun(folder);
  });
});

describe('a launched run', () => {
  it('outlives the process that launched it', async () => {
    const folder = await created('endless');
    const launcher = await bundle('launcher.ts');
    try {
      await new Promise<void>((resolve, reject) => {
        execFile(process.execPath, [launcher.file, folder, worker.file], (error) => {
          if (error) reject(new Error(error.message));
          else resolve();
        });
      });
      const first = await untilMeasured(folder);
      expect(first.state).toBe('running');
      expect(await cancelRun(folder)).toBe('cancelled');
    } finally {
      await launcher.remove();
    }
  });

  it('is failed where the worker cannot be started', async () => {
    const folder = await created('brief');
    const node = path.join(folder, 'no-such-node');
    await expect(launchRun(folder, { worker: worker.file, node })).rejects.toMatchObject({
      code: 'cannot-launch',
    });
    expect((await readRun(folder)).summary).toMatchObject({
      state: 'failed',
      error: { code: 'cannot-launch' },
    });
  });

  it('is failed with the log where the worker is broken', async () => {
    const folder = await created('brief');
    const broken = path.join(folder, 'broken.js');
    await writeFile(broken, 'throw new Error("broken at the start");');
    await launchRun(folder, { worker: broken });
    const { state, logTail = [] } = await untilOver(folder);
    expect(state).toBe('failed');
    expect(logTail.join('\n')).toContain('broken at the start');
  });
});

describe('cancelling', () => {
  it('ends a job cleanly within two seconds, also when two ask for it', async () => {
    const folder = await launched('endless');
    await untilMeasured(folder);
    const mark = await processOf(folder);
    expect(await Promise.all([cancelRun(folder), cancelRun(folder)])).toEqual(['cancelled', 'cancelled']);
    expect(await isAlive(mark)).toBe(false);
    const { events } = await readRun(folder);
    expect(events.filter((event) => event.type === 'finished')).toMatchObject([{ state: 'cancelled' }]);
    expect(existsSync(path.join(runFiles(folder).outputs, 'cleaned.txt'))).toBe(true);
    const times = events.slice(-2).map((event) => event.time);
    expect(times[1]! - times[0]!).toBeLessThan(2000);
  });

  it.each(['spin', 'deaf'])('kills a job that does not listen: %s', async (script) => {
    const folder = await launched(script);
    await untilMeasured(folder);
    const mark = await processOf(folder);
    expect(await cancelRun(folder)).toBe('cancelled');
    expect(await isAlive(mark)).toBe(false);
    const { summary, events } = await readRun(folder);
    expect(summary).toMatchObject({ state: 'cancelled' });
    expect(events.some((event) => event.type === 'finished')).toBe(false);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('is also asked for by %s', async (signal) => {
    const folder = await launched('endless');
    await untilMeasured(folder);
    process.kill((await processOf(folder)).pid, signal);
    expect(await untilOver(folder)).toMatchObject({ state: 'cancelled' });
  });

  it('stops a run before its worker is up', async () => {
    const folder = await launched('endless');
    expect(await cancelRun(folder)).toBe('cancelled');
  });
});

describe('a full disk', () => {
  it('ends the run with a clear word', async () => {
    const folder = await created('endless');
    // Every write to this device fails as on a disk without space.
    await symlink('/dev/full', runFiles(folder).journal);
    await launchRun(folder, { worker: worker.file });
    const { state, logTail = [] } = await untilOver(folder);
    expect(state).toBe('failed');
    expect(logTail.join('\n')).toContain('The disk is full');
    expect(logTail.join('\n')).toContain('Free some space');
  });
});

describe('a run folder from outside', () => {
  it('is enough to run the job again', async () => {
    const folder = await created('brief');
    const text = JSON.parse(await readFile(runFiles(folder).spec, 'utf8')) as { spec: unknown };
    expect(parseJobSpec(text.spec)).toEqual((await readRun(folder)).spec);
  });
});
