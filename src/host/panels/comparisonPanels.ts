import path from 'node:path';
import * as vscode from 'vscode';
import { MOST_COMPARED } from '../../protocol/comparison';
import type { Problems } from '../problems';
import type { RunStore } from '../runStore';
import { ComparisonPanel } from './comparisonPanel';
import { loadPage, webviewOptions } from './webviewFiles';

const VIEW_TYPE = 'weightroom.comparison';

/** The panels that show several runs together, one a choice of runs; they come back when the window is reloaded. */
export class ComparisonPanels implements vscode.Disposable {
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly store: RunStore,
    private readonly problems: Problems,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        const folders = foldersIn(state);
        if (folders.length < 2 || this.panels.has(keyOf(folders))) panel.dispose();
        else this.fill(panel, folders);
        return Promise.resolve();
      },
    });
  }

  /** Opens the panel of these runs, or brings it forward. */
  show(folders: readonly string[]): void {
    const existing = this.panels.get(keyOf(folders));
    if (existing) {
      existing.reveal();
      return;
    }
    const title = vscode.l10n.t('Compare {0} Runs', folders.length);
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.fill(vscode.window.createWebviewPanel(VIEW_TYPE, title, column), folders);
  }

  dispose(): void {
    this.serializer.dispose();
    for (const panel of this.panels.values()) panel.dispose();
  }

  private fill(panel: vscode.WebviewPanel, folders: readonly string[]): void {
    const comparison = new ComparisonPanel(folders, panel, this.store, this.problems);
    this.panels.set(keyOf(folders), panel);
    panel.onDidDispose(() => {
      comparison.dispose();
      this.panels.delete(keyOf(folders));
    });
    panel.webview.options = webviewOptions(this.extension);
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'icon.svg');
    loadPage(panel.webview, this.extension, 'comparison', panel.title);
  }
}

/** The same runs are the same comparison, in whatever order they were chosen. */
function keyOf(folders: readonly string[]): string {
  return [...folders].sort().join('\n');
}

/** The folders in what the page has put into its state; none where it holds anything else. */
function foldersIn(state: unknown): readonly string[] {
  if (typeof state !== 'object' || state === null || !('folders' in state)) return [];
  const folders: readonly unknown[] = Array.isArray(state.folders) ? state.folders : [];
  const isFolder = (folder: unknown): folder is string =>
    typeof folder === 'string' && path.isAbsolute(folder);
  return folders.length <= MOST_COMPARED && folders.every(isFolder) ? folders : [];
}
