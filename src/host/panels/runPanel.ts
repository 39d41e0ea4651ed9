import * as vscode from 'vscode';
import type { FromRunPanel, ToRunPanel } from '../../protocol/messages';
import type { ViewPosition } from '../../runs/view';
import type { RunStore } from '../runStore';
import type { RunViewing } from '../runTail';
import { Throttle } from '../throttle';

/** At most ten messages a second go to a webview. */
const MESSAGE_INTERVAL = 100;

/**
 * Feeds one webview from one run: when the page says `ready`, everything so far; after that what is new. A
 * page is taken down while it is hidden, so it gets everything again when it comes back.
 */
export class RunPanel implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable;
  private readonly throttle = new Throttle(MESSAGE_INTERVAL, () => this.send());
  private viewing: RunViewing | undefined;
  /** What the page has; `undefined` before its snapshot. */
  private sent: ViewPosition | undefined;
  private disposed = false;

  constructor(
    readonly folder: string,
    private readonly panel: vscode.WebviewPanel,
    private readonly store: RunStore,
    private readonly onIntent: (message: Exclude<FromRunPanel, { type: 'ready' }>) => void,
  ) {
    this.subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: FromRunPanel) => {
        if (message.type === 'ready') void this.begin();
        else this.onIntent(message);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.end();
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
    this.end();
    this.subscriptions.dispose();
  }

  private async begin(): Promise<void> {
    await this.store.ready;
    this.end();
    if (this.disposed) return;
    this.viewing = this.store.view(this.folder, {
      onChange: () => this.throttle.request(),
      onGone: () => this.showGone(),
    });
    // The page has nothing on it yet, so there is nothing to say `gone` beside.
    if (!this.viewing) this.panel.dispose();
  }

  private end(): void {
    this.throttle.dispose();
    this.viewing?.dispose();
    this.viewing = undefined;
    this.sent = undefined;
  }

  private send(): void {
    if (!this.viewing) return;
    if (this.sent) this.post(this.viewing.increment(this.sent));
    else this.post({ type: 'snapshot', run: this.viewing.snapshot() });
    this.sent = this.viewing.position();
    this.panel.title = this.store.get(this.folder)?.name ?? this.panel.title;
  }

  private showGone(): void {
    this.end();
    this.post({ type: 'gone' });
  }

  private post(message: ToRunPanel): void {
    void this.panel.webview.postMessage(message);
  }
}
