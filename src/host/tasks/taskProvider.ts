import path from 'node:path';
import * as vscode from 'vscode';
import { findExperiments } from '../experiments/experimentFiles';
import { findJobNode, NODE_MODE } from '../jobNode';
import { readSettings } from '../settings';
import { taskArguments } from './taskDefinition';

export const TASK_TYPE = 'weightroom';

/**
 * Tasks of the type `weightroom`: one that runs each experiment of the workspace, and those that `tasks.json` defines.
 * A task is a command of the command line in a terminal; its runs lie where the editor's do.
 */
export class WeightroomTasks implements vscode.TaskProvider {
  /** @param cli absolute path of `dist/cli.js` */
  constructor(private readonly cli: string) {}

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const experiments = await findExperiments();
    return Promise.all(
      experiments.map(({ path: file }) => {
        const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
        const relative = folder ? path.relative(folder.uri.fsPath, file).replaceAll('\\', '/') : file;
        const definition = { type: TASK_TYPE, command: 'run', file: relative };
        return this.task(definition, folder ?? vscode.TaskScope.Workspace);
      }),
    );
  }

  /** Gives a task of `tasks.json` what it executes; what is wrong with it is told where it is asked for. */
  async resolveTask(task: vscode.Task): Promise<vscode.Task> {
    return this.task(task.definition, task.scope ?? vscode.TaskScope.Workspace);
  }

  private async task(
    definition: vscode.TaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
  ): Promise<vscode.Task> {
    const args = taskArguments(definition);
    const node = await findJobNode(readSettings().nodePath);
    const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
    const execution = new vscode.ProcessExecution(
      node,
      [this.cli, ...args, ...(folder ? ['--workspace', folder.uri.fsPath] : [])],
      { env: { ...NODE_MODE }, ...(folder && { cwd: folder.uri.fsPath }) },
    );
    const [command = '', file = ''] = args;
    const made = new vscode.Task(definition, scope, `${command} ${file}`, 'Weightroom', execution, []);
    made.group = vscode.TaskGroup.Build;
    return made;
  }
}
