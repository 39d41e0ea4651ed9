import path from 'node:path';
import * as vscode from 'vscode';

/** Model files that can be quantized, by name. The manifest's menus ask the same. */
const MODEL_NAME =
  /(\.safetensors|\.safetensors\.index\.json)$|^model(\.(w\d(\.\d+)?|\d+(\.\d+)?[kMG]?B)(-\d+)?(\.native)?)?\.json$/;
const MODEL_GLOB = '**/{*.safetensors,*.safetensors.index.json,model*.json}';
const SHARD_NAME = /-\d{5}-of-\d{5}\.safetensors$/;
const NEVER_OURS = '**/{node_modules,.git,.weightroom,dist}/**';
const LIMIT = 500;

/** A file of the workspace, with the path that people read. */
export interface WorkspaceFile {
  readonly path: string;
  readonly label: string;
}

/** Model files of the workspace by name, sharded ones once, by their index; at most 500. */
export async function findModels(): Promise<readonly WorkspaceFile[]> {
  const found = await vscode.workspace.findFiles(MODEL_GLOB, NEVER_OURS, LIMIT);
  return found
    .filter((uri) => uri.scheme === 'file' && isModelName(path.basename(uri.path)))
    .filter((uri) => !SHARD_NAME.test(uri.path))
    .map(workspaceFile)
    .sort((a, b) => a.label.localeCompare(b.label));
}

export function isModelName(name: string): boolean {
  return MODEL_NAME.test(name);
}

export function workspaceFile(uri: vscode.Uri): WorkspaceFile {
  return { path: uri.fsPath, label: vscode.workspace.asRelativePath(uri) };
}

/** Lets a person choose a model: one of the workspace, or any other file. */
export async function chooseModel(title: string): Promise<string | undefined> {
  const models = await findModels();
  if (models.length === 0) return browseForModel(title);
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, path: undefined };
  const items = models.map((model) => ({
    label: path.basename(model.path),
    description: path.dirname(model.label) === '.' ? '' : path.dirname(model.label),
    path: model.path,
  }));
  const chosen = await vscode.window.showQuickPick([...items, browse], {
    title,
    placeHolder: vscode.l10n.t('Model file'),
    matchOnDescription: true,
  });
  if (!chosen) return undefined;
  return chosen.path ?? browseForModel(title);
}

/** Asks for a model file anywhere on the disk. */
export async function browseForModel(title: string): Promise<string | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Choose Model'),
      filters: { [vscode.l10n.t('Models')]: ['safetensors', 'json'] },
    })) ?? [];
  return chosen?.fsPath;
}

/** Asks for what a model is calibrated with: a text, one sample a line, or a file of statistics. */
export async function browseForCalibration(): Promise<string | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Calibrate with'),
      openLabel: vscode.l10n.t('Choose File'),
      filters: {
        [vscode.l10n.t('Texts and statistics')]: ['txt', 'csv', 'tsv', 'md', 'safetensors'],
        [vscode.l10n.t('All files')]: ['*'],
      },
    })) ?? [];
  return chosen?.fsPath;
}
