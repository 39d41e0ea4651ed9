import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { listRuns } from '../../src/runs/list';
import { workspace } from './extension';
import { test, until } from './registry';

test('every experiment has a task that runs it, and its run lies where the editor’s do', async () => {
  const tasks = await vscode.tasks.fetchTasks({ type: 'weightroom' });
  const listed = tasks.find(({ name }) => name === 'run mnist-mlp.ts');
  assert.ok(listed, tasks.map(({ name }) => name).join(', '));
  const { command, file } = listed.definition as { readonly command?: unknown; readonly file?: unknown };
  assert.deepEqual({ command, file }, { command: 'run', file: 'mnist-mlp.ts' });

  const known = (await listRuns(workspace())).map(({ folder }) => folder);
  assert.equal(await exitCodeOf(shortened(listed)), 0);
  const made = (await listRuns(workspace())).filter(({ folder }) => !known.includes(folder));
  assert.deepEqual(
    made.map(({ job, state }) => ({ job, state })),
    [{ job: 'train', state: 'done' }],
  );
});

/** The same task for two steps. */
function shortened({ definition, scope, name, source, execution }: vscode.Task): vscode.Task {
  assert.ok(execution instanceof vscode.ProcessExecution);
  const limit = ['--max-steps', '2'];
  return new vscode.Task(
    { ...definition, args: limit },
    scope ?? vscode.TaskScope.Workspace,
    name,
    source,
    new vscode.ProcessExecution(execution.process, [...execution.args, ...limit], execution.options ?? {}),
    [],
  );
}

async function exitCodeOf(task: vscode.Task): Promise<number | undefined> {
  let ended: vscode.TaskProcessEndEvent | undefined;
  const listener = vscode.tasks.onDidEndTaskProcess((event) => (ended = event));
  try {
    await vscode.tasks.executeTask(task);
    return (await until('ended', () => ended, 60)).exitCode;
  } finally {
    listener.dispose();
  }
}
