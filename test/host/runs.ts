import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TrainSpec } from '../../src/protocol/jobSpec';
import type { RunRecord } from '../../src/protocol/run';
import { listRuns } from '../../src/runs/list';
import { readRun } from '../../src/runs/read';
import { readWorker } from '../../src/runs/mark';
import { commandLine, workspace, workspaceFile } from './extension';
import { test, until } from './registry';

test('a run made from a terminal appears, and its report opens', async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const { run } = (await commandLine(
    ...['quantize', 'models/tiny-encoder.safetensors', '--method', 'rtn', '--bits', '8'],
  )) as { run: string };
  const summary = (await listRuns(workspace())).find(({ id, folder }) => id === run || folder === run);
  assert.ok(summary, `${run} is listed`);
  await until('its panel', async () => {
    await vscode.commands.executeCommand('weightroom.run.open', summary.folder);
    return panels().find(({ label }) => label === summary.name);
  });
});

test('an experiment has lenses that run it', async () => {
  const file = workspaceFile('mnist-mlp.ts');
  await vscode.window.showTextDocument(file);
  const lenses = await until('lenses', async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file,
      10,
    );
    return found.length > 0 ? found : undefined;
  });
  assert.ok(lenses.some(({ command }) => command?.command === 'weightroom.experiment.run'));
});

test('Run Experiment trains in a process of its own; Cancel Run ends it, and its run says so', async () => {
  const known = (await listRuns(workspace())).map(({ folder }) => folder);
  await vscode.commands.executeCommand('weightroom.experiment.run', workspaceFile('mnist-mlp.ts'));
  const folder = await until('a new run', async () =>
    (await listRuns(workspace())).map((run) => run.folder).find((found) => !known.includes(found)),
  );
  await until('training', async () =>
    (await readRun(folder)).events.some(({ type }) => type === 'metrics') ? true : undefined,
  );
  const worker = await readWorker(folder);
  assert.ok(worker);
  assert.notEqual(worker.process.pid, process.pid);

  await vscode.commands.executeCommand('weightroom.run.cancel', folder);
  const { summary } = await until('over', async () => {
    const run = await readRun(folder);
    return run.summary.state === 'running' ? undefined : run;
  });
  assert.equal(summary.state, 'cancelled');
  await until('gone', () => (exists(worker.process.pid) ? undefined : true));
});

test('Resume Run goes on where the cancelled run stopped, as a run of its own', async () => {
  const stopped = (await listRuns(workspace())).find(({ state }) => state === 'cancelled');
  assert.ok(stopped, 'the run of the test before');
  const last = stepsOf(await readRun(stopped.folder)).at(-1)!;
  const known = (await listRuns(workspace())).map(({ folder }) => folder);
  await vscode.commands.executeCommand('weightroom.run.resume', stopped.folder);
  const folder = await until('a new run', async () =>
    (await listRuns(workspace())).map((run) => run.folder).find((found) => !known.includes(found)),
  );
  const run = await until('training', async () => {
    const record = await readRun(folder);
    return stepsOf(record).length > 0 ? record : undefined;
  });
  assert.equal((run.spec as TrainSpec).resume, stopped.folder);
  // Cancelled before the test at the end of an epoch, it begins with that test.
  assert.ok(stepsOf(run)[0]! >= last, `${stepsOf(run)[0]} comes after ${last}`);
  await vscode.commands.executeCommand('weightroom.run.cancel', folder);
  await until('over', async () => ((await readRun(folder)).summary.state === 'cancelled' ? true : undefined));
});

test('a killed worker is a failed run with a remedy', async () => {
  const known = (await listRuns(workspace())).map(({ folder }) => folder);
  await vscode.commands.executeCommand('weightroom.experiment.run', workspaceFile('mnist-mlp.ts'));
  const folder = await until('a new run', async () =>
    (await listRuns(workspace())).map((run) => run.folder).find((found) => !known.includes(found)),
  );
  const worker = await until('a worker', () => readWorker(folder));
  await until('training', async () =>
    (await readRun(folder)).events.some(({ type }) => type === 'metrics') ? true : undefined,
  );
  process.kill(worker.process.pid, 'SIGKILL');
  const { summary } = await until(
    'over',
    async () => {
      const run = await readRun(folder);
      return run.summary.state === 'running' ? undefined : run;
    },
    3,
  );
  assert.equal(summary.state, 'failed');
  assert.ok(summary.error?.remedy);
});

test('no process outlives its job', async () => {
  for (const { folder } of await listRuns(workspace())) {
    const worker = await readWorker(folder);
    if (worker) await until('gone', () => (exists(worker.process.pid) ? undefined : true), 5);
  }
});

function stepsOf({ events }: RunRecord): readonly number[] {
  return events.flatMap((event) => (event.type === 'metrics' ? [event.step] : []));
}

/** The open panels of the extension. */
function panels(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('weightroom.'));
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
