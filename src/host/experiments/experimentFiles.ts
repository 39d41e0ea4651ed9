import path from 'node:path';
import * as vscode from 'vscode';
import { workspaceFile, type WorkspaceFile } from '../models/modelFiles';
import { findExperiment } from './experimentSource';

const SOURCES = '**/*.{ts,js,mjs,mts}';
const NEVER_OURS = '**/{node_modules,.git,.weightroom,dist,build,out,coverage}/**';
/** Above these a workspace is searched in part: an experiment is a small file near the top. */
const FILE_LIMIT = 1000;
const SIZE_LIMIT = 256 * 1024;

/** Files of the workspace that define an experiment, by name. */
export async function findExperiments(): Promise<readonly WorkspaceFile[]> {
  const sources = await vscode.workspace.findFiles(SOURCES, NEVER_OURS, FILE_LIMIT);
  const experiments: WorkspaceFile[] = [];
  for (const uri of sources) {
    if (uri.scheme === 'file' && (await definesExperiment(uri))) experiments.push(workspaceFile(uri));
  }
  return experiments.sort((a, b) => a.label.localeCompare(b.label));
}

/** Tells when a file that may be an experiment comes or goes, by whatever means. */
export function watchSources(onChange: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(SOURCES, false, true, false);
  return vscode.Disposable.from(watcher, watcher.onDidCreate(onChange), watcher.onDidDelete(onChange));
}

async function definesExperiment(uri: vscode.Uri): Promise<boolean> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > SIZE_LIMIT) return false;
    const source = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return findExperiment(source) !== undefined;
  } catch {
    // Deleted meanwhile, or not ours to read.
    return false;
  }
}

/** Lets a person choose an experiment; starts with the one in the editor, where there is one. */
export async function chooseExperiment(): Promise<string | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === 'file' && findExperiment(document.getText()) !== undefined) {
    return document.uri.fsPath;
  }
  const experiments = await findExperiments();
  const [only] = experiments;
  if (!only) {
    const create = vscode.l10n.t('New Experiment…');
    const text = vscode.l10n.t('No file of this workspace calls defineExperiment.');
    if ((await vscode.window.showInformationMessage(text, create)) === create) {
      await vscode.commands.executeCommand('weightroom.experiment.new');
    }
    return undefined;
  }
  const items = experiments.map(({ path: file, label }) => ({
    label: path.basename(file),
    description: label,
    file,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Run Experiment'),
    matchOnDescription: true,
  });
  return chosen?.file;
}

/** Saves an experiment that is open with changes, so that what runs is what is on the screen. */
export async function saveExperiment(file: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find(
    ({ uri }) => uri.scheme === 'file' && uri.fsPath === file,
  );
  if (document?.isDirty) await document.save();
}
