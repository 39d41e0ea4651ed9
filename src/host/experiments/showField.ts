import * as vscode from 'vscode';
import { findExperiment } from './experimentSource';
import { findField } from './experimentFields';

/** Opens an experiment at the line of a field; at `defineExperiment(` where it has no such field. */
export async function showField(experiment: string, field: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(experiment));
  const source = document.getText();
  const index = findField(source, field) ?? findExperiment(source) ?? 0;
  const { range } = document.lineAt(document.positionAt(index));
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, selection: range });
}
