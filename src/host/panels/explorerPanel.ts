import * as vscode from 'vscode';
import type { ChartFile } from '../../protocol/messages';
import type { Problems } from '../problems';
import { saveChartFile } from './saveChartFile';
import { loadPage, webviewOptions } from './webviewFiles';

/** The stability explorer without a run: closed forms over sliders, so it needs no folder and no trust. */
export class ExplorerPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly problems: Problems,
  ) {}

  /** Opens the panel, or brings it forward. */
  show(): void {
    if (this.panel) {
      this.panel.reveal();
      return;
    }
    const title = vscode.l10n.t('Stability Explorer');
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const options = webviewOptions(this.extension);
    const panel = vscode.window.createWebviewPanel('weightroom.explorer', title, column, options);
    panel.webview.onDidReceiveMessage((file: ChartFile) => {
      saveChartFile(file).catch((error: unknown) => this.problems.report(error));
    });
    panel.onDidDispose(() => (this.panel = undefined));
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'icon.svg');
    loadPage(panel.webview, this.extension, 'explorer', title);
    this.panel = panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
