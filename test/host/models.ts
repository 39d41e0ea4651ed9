import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { openModel } from '../../src/modelfile/open';
import { listRuns } from '../../src/runs/list';
import { readRun } from '../../src/runs/read';
import { workspace, workspaceFile } from './extension';
import { test, until } from './registry';

const MODEL = 'models/tiny-encoder.safetensors';
const QUANTIZED = 'models/tiny-encoder.w4.safetensors';

test('Inspect Model shows every tensor', async () => {
  await vscode.commands.executeCommand('weightroom.model.inspect', workspaceFile(MODEL));
  const { tensors } = await openModel(workspaceFile(MODEL).fsPath);
  const text = await until('an editor with the text', () => {
    const shown = vscode.window.activeTextEditor?.document.getText();
    return shown?.includes(tensors[0]!.name) ? shown : undefined;
  });
  for (const { name } of tensors) assert.ok(text.includes(name), name);
});

test('Quantize Model asks four questions; Enter all the way writes the file and the journal', async () => {
  const command = vscode.commands.executeCommand('weightroom.model.quantize', workspaceFile(MODEL));
  const output = workspaceFile(QUANTIZED).fsPath;
  // The questions come one after the other; Enter at none of them does nothing.
  await until('written', async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return stat(output).catch(() => undefined);
  });
  await command;

  const [summary] = await listRuns(workspace());
  const run = await until('a run that is done', async () => {
    const record = await readRun(summary!.folder);
    return record.summary.state === 'done' ? record : undefined;
  });
  const { tensors } = await openModel(workspaceFile(MODEL).fsPath);
  const reported = run.events.flatMap((event) => (event.type === 'tensor' ? [event.tensor.name] : []));
  assert.deepEqual(reported.sort(), tensors.map(({ name }) => name).sort());
  assert.ok(run.events.some((event) => event.type === 'output' && event.path === output));
  const { tensors: written } = await openModel(output);
  assert.deepEqual(
    written.map(({ name, shape }) => ({ name, shape })),
    tensors.map(({ name, shape }) => ({ name, shape })),
  );
});

test('Compare Models tells what has changed', async () => {
  const pair = [workspaceFile(MODEL), workspaceFile(QUANTIZED)];
  await vscode.commands.executeCommand('weightroom.model.compare', pair[0], pair);
  const { events } = await readRun((await listRuns(workspace()))[0]!.folder);
  const changed = events.flatMap((event) =>
    event.type === 'tensor' && event.tensor.action === 'quantized' ? [event.tensor.name] : [],
  );
  const text = await until('an editor with the text', () => {
    const shown = vscode.window.activeTextEditor?.document.getText();
    return shown?.includes(changed[0]!) ? shown : undefined;
  });
  for (const name of changed) assert.ok(text.includes(name), name);
});
