import path from 'node:path';
import * as vscode from 'vscode';
import { writeCsv } from '../runs/export/csv';
import { writeHtml } from '../runs/export/html';
import { runReport } from '../runs/export/runReport';
import { readRun } from '../runs/read';

export type ReportFormat = 'html' | 'csv';

/**
 * Writes what a run has to say as files, where the person says, and offers to open them: one self-contained
 * page, or its tables.
 * @param pages folder of the built webviews, which draw the page
 */
export async function exportReport(folder: string, format: ReportFormat, pages: string): Promise<void> {
  const first = format === 'html' ? await exportPage(folder, pages) : await exportTables(folder);
  if (first === undefined) return;
  const open = vscode.l10n.t('Open');
  const text = vscode.l10n.t('{0} is written.', path.basename(first));
  if ((await vscode.window.showInformationMessage(text, open)) !== open) return;
  if (format === 'html') await vscode.env.openExternal(vscode.Uri.file(first));
  else await vscode.window.showTextDocument(vscode.Uri.file(first));
}

async function exportPage(folder: string, pages: string): Promise<string | undefined> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Report'),
    defaultUri: vscode.Uri.joinPath(home(folder), `${path.basename(folder)}.html`),
    filters: { HTML: ['html'] },
  });
  if (!target) return undefined;
  await writeHtml(target.fsPath, runReport(await readRun(folder)), pages);
  return target.fsPath;
}

async function exportTables(folder: string): Promise<string | undefined> {
  const [target] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: home(folder),
      title: vscode.l10n.t('Export Report'),
      openLabel: vscode.l10n.t('Write Tables Here'),
    })) ?? [];
  if (!target) return undefined;
  // A folder of its own: the names of the tables are the same for every run.
  const files = await writeCsv(path.join(target.fsPath, path.basename(folder)), await readRun(folder));
  if (files.length === 0)
    void vscode.window.showInformationMessage(vscode.l10n.t('The run has no values yet.'));
  return files[0];
}

function home(folder: string): vscode.Uri {
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(path.dirname(folder));
}
