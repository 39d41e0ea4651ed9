import * as vscode from 'vscode';
import { findExperiment } from './experimentSource';
import { findField } from './experimentFields';

/**
 * Opens an experiment at the line of a field; at `defineExperiment(` where it has no such field. It opens where it
 * is in sight already, else beside the panel that asks for it.
 */
export async function showField(experiment: string, field: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(experiment));
  const source = document.getText();
  const index = findField(source, field) ?? findExperiment(source) ?? 0;
  const { range } = document.lineAt(document.positionAt(index));
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const viewColumn = shown?.viewColumn ?? columnBesideActive();
  await vscode.window.showTextDocument(document, { viewColumn, selection: range });
}

/** The first column, where code is; where the panel is there itself, the next one. */
function columnBesideActive(): vscode.ViewColumn {
  const { viewColumn } = vscode.window.tabGroups.activeTabGroup;
  return viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One;
}
