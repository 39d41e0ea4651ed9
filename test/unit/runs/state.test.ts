import { appendFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeEvent, type RunEvent } from '../../../src/protocol/events';
import { cancelRun } from '../../../src/runs/cancel';
import { createRun } from '../../../src/runs/create';
import { runFiles, runsFolder } from '../../../src/runs/layout';
import { findRun, listRuns } from '../../../src/runs/list';
import { markProcess } from '../../../src/runs/process';
import { readRun } from '../../../src/runs/read';
import { removeRun } from '../../../src/runs/remove';
import { temporaryWorkspace } from './workspace';

const LONG_AGO = new Date(Date.now() - 3_600_000);

async function newRun(): Promise<{ readonly workspace: string; readonly folder: string }> {
  const { workspace, spec } = await temporaryWorkspace();
  return { workspace, folder: await createRun(workspace, spec) };
}

async function append(folder: string, ...events: RunEvent[]): Promise<void> {
  await appendFile(runFiles(folder).journal, events.map((event) => `${encodeEvent(event)}\n`).join(''));
}

async function stateOf(folder: string): Promise<string> {
  return (await readRun(folder)).summary.state;
}

async function backdate(folder: string): Promise<void> {
  const { spec } = runFiles(folder);
  const text = await readFile(spec, 'utf8');
  await writeFile(spec, text.replace(/"created": \d+/, `"created": ${LONG_AGO.getTime()}`));
}

describe('the state of a run', () => {
  it('is queued at first, and failed when nobody starts it', async () => {
    const { folder } = await newRun();
    expect(await stateOf(folder)).toBe('queued');
    await backdate(folder);
    expect((await readRun(folder)).summary).toMatchObject({
      state: 'failed',
      error: { code: 'never-started' },
    });
  });

  it('is running while its process lives, and that process is told from a later one with its number', async () => {
    const { folder } = await newRun();
    const mark = await markProcess(process.pid);
    await writeFile(runFiles(folder).worker, JSON.stringify(mark));
    expect(await stateOf(folder)).toBe('running');
    await writeFile(runFiles(folder).worker, JSON.stringify({ ...mark, start: '1' }));
    await writeFile(runFiles(folder).log, 'first\nOut of memory\n');
    expect((await readRun(folder)).summary).toMatchObject({
      state: 'failed',
      error: { code: 'worker-died' },
      logTail: ['first', 'Out of memory'],
    });
  });

  it('is cancelled when the process died after somebody had asked for it', async () => {
    const { folder } = await newRun();
    await writeFile(
      runFiles(folder).worker,
      JSON.stringify({ pid: process.pid, host: hostname(), start: '1' }),
    );
    await writeFile(runFiles(folder).cancel, '{}');
    const { summary } = await readRun(folder);
    expect(summary.state).toBe('cancelled');
    expect(summary.error).toBeUndefined();
  });

  it('is lost when another host gives no sign of life', async () => {
    const { folder } = await newRun();
    const { worker } = runFiles(folder);
    await writeFile(worker, JSON.stringify({ pid: 1, host: 'elsewhere', start: '1' }));
    expect(await stateOf(folder)).toBe('running');
    await utimes(worker, LONG_AGO, LONG_AGO);
    expect(await stateOf(folder)).toBe('lost');
  });

  it('is what the last word says, whatever else lies there', async () => {
    const { folder } = await newRun();
    await writeFile(runFiles(folder).cancel, '{}');
    await append(
      folder,
      { time: 1000, type: 'started', name: 'first' },
      { time: 1500, type: 'started', name: 'better name' },
      { time: 2000, type: 'metrics', step: 1, epoch: 0, values: { loss: 2, accuracy: 0.5 } },
      { time: 3000, type: 'metrics', step: 2, epoch: 0, values: { loss: NaN } },
      { time: 3500, type: 'progress', done: 1, total: 4, unit: 'steps', what: 'epoch 1' },
      { time: 4000, type: 'finished', state: 'done', seconds: 3 },
    );
    expect((await readRun(folder)).summary).toMatchObject({
      state: 'done',
      name: 'better name',
      started: 1000,
      seconds: 3,
      last: { loss: NaN, accuracy: 0.5 },
      progress: { fraction: 0.25, what: 'epoch 1' },
    });
  });
});

describe('listRuns', () => {
  it('lists newest first, and is not disturbed by broken and foreign folders', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const folders = [await createRun(workspace, spec), await createRun(workspace, spec)];
    await append(folders[0]!, { time: 1000, type: 'started', name: 'older' });
    await append(folders[1]!, { time: 2000, type: 'started', name: 'newer' });
    const root = runsFolder(workspace);
    await mkdir(path.join(root, 'empty'));
    await mkdir(path.join(root, 'garbage'));
    await writeFile(path.join(root, 'garbage', 'spec.json'), '{"spec": [');
    await mkdir(path.join(root, 'journal-is-a-folder'));
    await mkdir(path.join(root, 'journal-is-a-folder', 'events.jsonl'));
    await writeFile(path.join(root, 'a file'), 'hello');
    expect((await listRuns(workspace)).map((run) => run.name)).toEqual(['newer', 'older']);
  });

  it('reads on where it stopped', async () => {
    const { workspace, folder } = await newRun();
    await append(folder, { time: 1, type: 'started', name: 'one' });
    expect((await listRuns(workspace))[0]).toMatchObject({ name: 'one', last: {} });
    await append(folder, { time: 2, type: 'metrics', step: 1, epoch: 0, values: { loss: 1 } });
    const [first, second] = await Promise.all([listRuns(workspace), listRuns(workspace)]);
    expect(first[0]?.last).toEqual({ loss: 1 });
    expect(second[0]?.last).toEqual({ loss: 1 });
    await rm(folder, { recursive: true });
    expect(await listRuns(workspace)).toEqual([]);
  });

  it('knows the closing figures of a long finished journal from its ends', async () => {
    const { workspace, folder } = await newRun();
    const steps = Array.from({ length: 20_000 }, (_, step): RunEvent => {
      return { time: 1000 + step, type: 'metrics', step, epoch: 0, values: { trainLoss: 1 / (step + 1) } };
    });
    await append(folder, { time: 1000, type: 'started', name: 'long' }, ...steps, {
      time: 50_000,
      type: 'finished',
      state: 'done',
      seconds: 49,
      summary: { job: 'train', engine: 'cpu', steps: 20_000, final: { testAccuracy: 0.9 }, best: {} },
    });
    const [listed] = await listRuns(workspace);
    expect(listed).toEqual((await readRun(folder)).summary);
    expect(listed?.last).toEqual({ trainLoss: 1 / 20_000, testAccuracy: 0.9 });
  });
});

describe('findRun', () => {
  it('takes a name, a unique part of it, or a folder', async () => {
    const { workspace, spec } = await temporaryWorkspace();
    const folders = [await createRun(workspace, spec), await createRun(workspace, spec)];
    const id = path.basename(folders[0]!);
    expect((await findRun(workspace, id)).id).toBe(id);
    expect((await findRun(workspace, id.slice(-4))).id).toBe(id);
    expect((await findRun(workspace, folders[0]!)).id).toBe(id);
    await expect(findRun(workspace, '2')).rejects.toMatchObject({ code: 'ambiguous-run' });
    await expect(findRun(workspace, 'nothing')).rejects.toMatchObject({ code: 'unknown-run' });
    await expect(findRun(workspace, '')).rejects.toMatchObject({ code: 'unknown-run' });
    await expect(findRun(workspace, `${workspace}/absent`)).rejects.toMatchObject({ code: 'not-a-run' });
  });
});

describe('removeRun and cancelRun', () => {
  it('cancel a run that nobody has started, also from two sides at once; then it can be removed', async () => {
    const { workspace, folder } = await newRun();
    await expect(removeRun(folder)).rejects.toMatchObject({ code: 'run-is-running' });
    expect(await Promise.all([cancelRun(folder), cancelRun(folder)])).toEqual(['cancelled', 'cancelled']);
    await removeRun(folder);
    expect(await listRuns(workspace)).toEqual([]);
  });

  it('touch no folder that is not a run', async () => {
    const { workspace } = await newRun();
    await expect(removeRun(workspace)).rejects.toMatchObject({ code: 'not-a-run' });
    await expect(cancelRun(workspace)).rejects.toMatchObject({ code: 'not-a-run' });
  });

  it('leave a run that is over as it is', async () => {
    const { folder } = await newRun();
    await append(folder, { time: 1, type: 'finished', state: 'done', seconds: 1 });
    expect(await cancelRun(folder)).toBe('done');
    expect(await stateOf(folder)).toBe('done');
  });
});
