import * as vscode from 'vscode';
import type { FromComparison, ToComparison } from '../../protocol/comparison';
import type { Problems } from '../problems';
import type { RunStore } from '../runStore';
import { MESSAGE_INTERVAL, RunFeed } from './runFeed';
import { saveChartFile } from './saveChartFile';

/** One webview on several runs: each is told of as in a panel of its own, all of them at one panel's pace. */
export class ComparisonPanel implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  private readonly feeds: readonly RunFeed[];
  private disposed = false;

  constructor(
    folders: readonly string[],
    private readonly panel: vscode.WebviewPanel,
    private readonly store: RunStore,
    private readonly problems: Problems,
  ) {
    this.feeds = folders.map(
      (folder) =>
        new RunFeed(folder, store, folders.length * MESSAGE_INTERVAL, (message) =>
          this.post({ type: 'run', folder, message }),
        ),
    );
    this.subscriptions = vscode.Disposable.from(
      ...this.feeds,
      panel.webview.onDidReceiveMessage((message: FromComparison) => {
        this.act(message).catch((error: unknown) => this.problems.report(error));
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) for (const feed of this.feeds) feed.end();
      }),
    );
  }

  dispose(): void {
    this.disposed = true;
    this.subscriptions.dispose();
  }

  private async act(message: FromComparison): Promise<void> {
    switch (message.type) {
      case 'ready':
        await this.store.ready;
        if (!this.disposed) this.begin();
        return;
      case 'openRun':
        await vscode.commands.executeCommand('weightroom.run.open', message.folder);
        return;
      case 'saveImage':
      case 'saveText':
        await saveChartFile(message);
        return;
    }
  }

  /** Runs that were deleted since the page was last shown are left out; with one run left nothing is compared. */
  private begin(): void {
    const there = this.feeds.filter(({ folder }) => this.store.get(folder));
    if (there.length < 2) {
      this.panel.dispose();
      return;
    }
    this.post({ type: 'runs', folders: there.map(({ folder }) => folder) });
    for (const feed of there) feed.begin();
  }

  private post(message: ToComparison): void {
    void this.panel.webview.postMessage(message);
  }
}
