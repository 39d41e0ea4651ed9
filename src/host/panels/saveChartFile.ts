import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ChartFile } from '../../protocol/messages';

/** Asks where a file that a chart made shall lie, first in the open folder, and writes it there. */
export async function saveChartFile(file: ChartFile): Promise<void> {
  const home = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const defaultUri = vscode.Uri.joinPath(home, path.basename(file.suggestedName));
  const target = await vscode.window.showSaveDialog({ defaultUri });
  const content = file.type === 'saveImage' ? file.png : new TextEncoder().encode(file.text);
  if (target) await vscode.workspace.fs.writeFile(target, content);
}
