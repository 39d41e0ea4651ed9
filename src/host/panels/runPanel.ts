import * as vscode from 'vscode';
import type { FromRunPanel } from '../../protocol/messages';
import type { RunStore } from '../runStore';
import { MESSAGE_INTERVAL, RunFeed } from './runFeed';

/**
 * One webview on one run. A page is taken down while it is hidden, so it gets everything again when it comes
 * back and says `ready`.
 */
export class RunPanel implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  private readonly feed: RunFeed;
  private disposed = false;

  constructor(
    readonly folder: string,
    private readonly panel: vscode.WebviewPanel,
    private readonly store: RunStore,
    private readonly onIntent: (message: Exclude<FromRunPanel, { type: 'ready' }>) => void,
  ) {
    this.feed = new RunFeed(folder, store, MESSAGE_INTERVAL, (message) => {
      void panel.webview.postMessage(message);
      panel.title = store.get(folder)?.name ?? panel.title;
    });
    this.subscriptions = vscode.Disposable.from(
      this.feed,
      panel.webview.onDidReceiveMessage((message: FromRunPanel) => {
        if (message.type === 'ready') void this.begin();
        else this.onIntent(message);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.feed.end();
      }),
    );
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.disposed = true;
    this.subscriptions.dispose();
  }

  private async begin(): Promise<void> {
    await this.store.ready;
    // The page has nothing on it yet, so there is nothing to say `gone` beside.
    if (!this.disposed && !this.feed.begin()) this.panel.dispose();
  }
}
