import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

/** The extension under development. */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('weightroom.weightroom');
  if (!found) throw new Error('The extension is not there.');
  return found;
}

/** Absolute path of the open folder: a copy of the examples with a real transformer. */
export function workspace(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No folder is open.');
  return folder.uri.fsPath;
}

/** A file of the open folder. */
export function workspaceFile(name: string): vscode.Uri {
  return vscode.Uri.file(path.join(workspace(), name));
}

/** Runs the command line in the open folder, as a terminal would, and returns its JSON document. */
export async function commandLine(...args: string[]): Promise<unknown> {
  const cli = path.join(extension().extensionPath, 'dist/cli.js');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args, '--json'], {
    cwd: workspace(),
  });
  return JSON.parse(stdout);
}
