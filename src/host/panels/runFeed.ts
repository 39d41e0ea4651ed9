import type * as vscode from 'vscode';
import type { ToRunPanel } from '../../protocol/messages';
import { START, within, type ViewPosition } from '../../runs/viewPosition';
import type { RunStore } from '../runStore';
import type { RunViewing } from '../runTail';
import { Throttle } from '../throttle';

/** At most ten messages a second go to a webview; milliseconds. */
export const MESSAGE_INTERVAL = 100;

/** Points of a message, at most: three megabytes, which neither process stops over. */
const MOST_POINTS = 100_000;

/**
 * Tells a page of one run: from each beginning on everything so far, after that what is new. A long run goes in
 * pieces, and its panel fills while they come.
 */
export class RunFeed implements vscode.Disposable {
  private readonly throttle: Throttle;
  private viewing: RunViewing | undefined;
  /** What the page has; `undefined` before its snapshot. */
  private sent: ViewPosition | undefined;

  /** @param interval milliseconds between two messages, at least */
  constructor(
    readonly folder: string,
    private readonly store: Pick<RunStore, 'view'>,
    interval: number,
    private readonly post: (message: ToRunPanel) => void,
  ) {
    this.throttle = new Throttle(interval, () => this.send());
  }

  /** Starts with a snapshot, whatever was told before. False where there is no such run. */
  begin(): boolean {
    this.end();
    this.viewing = this.store.view(this.folder, {
      onChange: () => this.throttle.request(),
      onGone: () => {
        this.end();
        this.post({ type: 'gone' });
      },
    });
    return this.viewing !== undefined;
  }

  /** Looks at the run no longer. */
  end(): void {
    this.throttle.dispose();
    this.viewing?.dispose();
    this.viewing = undefined;
    this.sent = undefined;
  }

  dispose(): void {
    this.end();
  }

  private send(): void {
    if (!this.viewing) return;
    const read = this.viewing.position();
    const end = within(MOST_POINTS, this.sent ?? START, read);
    if (this.sent) this.post(this.viewing.increment(this.sent, end));
    else this.post({ type: 'snapshot', run: this.viewing.snapshot(end) });
    this.sent = end;
    if (end !== read) this.throttle.request();
  }
}
