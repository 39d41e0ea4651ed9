import path from 'node:path';
import * as vscode from 'vscode';
import type { JobKind } from '../../protocol/jobSpec';
import type { RunStore } from '../runStore';
import type { RunIntents } from './runIntents';
import { RunPanel } from './runPanel';
import { loadPage, webviewOptions, type PageName } from './webviewFiles';

/** Which page shows which kind of job; the view type is `weightroom.` and its name. */
const PAGES: Readonly<Record<JobKind, PageName>> = {
  train: 'run',
  quantize: 'quantization',
  study: 'run',
  sweep: 'run',
};

/** The panels on runs, one a run, beside the editor; they come back when the window is reloaded. */
export class RunPanels implements vscode.Disposable {
  private readonly panels = new Map<string, RunPanel>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly store: RunStore,
    private readonly intents: RunIntents,
  ) {
    this.subscriptions = vscode.Disposable.from(
      // Two kinds of job may share a page, which has one serializer.
      ...Array.from(new Set(Object.values(PAGES)), (page) =>
        vscode.window.registerWebviewPanelSerializer(`weightroom.${page}`, {
          deserializeWebviewPanel: (panel, state: unknown) => {
            this.restore(panel, page, state);
            return Promise.resolve();
          },
        }),
      ),
    );
  }

  /** Opens the panel of a run, or brings it forward. */
  show(folder: string): void {
    const existing = this.panels.get(folder);
    if (existing) {
      existing.reveal();
      return;
    }
    const run = this.store.get(folder);
    if (!run) return;
    const page = PAGES[run.job];
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(`weightroom.${page}`, run.name, column);
    this.fill(panel, page, folder);
  }

  /** Whether the panel of a run is before the user's eyes. */
  isShown(folder: string): boolean {
    return this.panels.get(folder)?.visible ?? false;
  }

  dispose(): void {
    this.subscriptions.dispose();
    for (const panel of this.panels.values()) panel.dispose();
  }

  private restore(panel: vscode.WebviewPanel, page: PageName, state: unknown): void {
    const folder = folderIn(state);
    if (folder === undefined || this.panels.has(folder)) panel.dispose();
    else this.fill(panel, page, folder);
  }

  private fill(panel: vscode.WebviewPanel, page: PageName, folder: string): void {
    const runPanel = new RunPanel(folder, panel, this.store, (intent) => this.intents.handle(folder, intent));
    this.panels.set(folder, runPanel);
    panel.onDidDispose(() => {
      runPanel.dispose();
      this.panels.delete(folder);
    });
    panel.webview.options = webviewOptions(this.extension);
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'icon.svg');
    loadPage(panel.webview, this.extension, page, panel.title);
  }
}

/** The run's folder in what a page has put into its state. */
function folderIn(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null || !('folder' in state)) return undefined;
  return typeof state.folder === 'string' && path.isAbsolute(state.folder) ? state.folder : undefined;
}
