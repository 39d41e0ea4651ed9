import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run';
import { duration, percent, secondsLeft } from './quantities';
import type { RunStore } from './runStore';
import { Throttle } from './throttle';

/** Numbers that change more often cannot be read; milliseconds. */
const REFRESH_INTERVAL = 500;

/** The status bar's item while something runs: what, how far, time left; of several runs their number. */
export class RunStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'weightroom.runs',
    vscode.StatusBarAlignment.Left,
  );
  private readonly throttle = new Throttle(REFRESH_INTERVAL, () => this.show());
  private readonly subscription: vscode.Disposable;
  /**
   * What a click does. It is given anew only where the run is another: VS Code forgets the command that was
   * given before, and with it a click that is under way.
   */
  private open: { readonly folder: string; readonly command: vscode.Command } | undefined;

  constructor(private readonly store: RunStore) {
    this.item.name = 'Weightroom';
    this.subscription = store.onDidChange(() => this.throttle.request());
  }

  dispose(): void {
    this.subscription.dispose();
    this.throttle.dispose();
    this.item.dispose();
  }

  private show(): void {
    const live = this.store.live;
    const [only] = live;
    if (!only) {
      this.item.hide();
      return;
    }
    if (live.length === 1) this.showOne(only);
    else this.showMany(live);
    this.item.show();
  }

  private showOne(run: RunSummary): void {
    const how = run.progress ? ` · ${percent(run.progress.fraction)}` : '';
    const left = run.progress && secondsLeft(run.progress.fraction, run.seconds);
    const time = left === undefined ? '' : ` · ${vscode.l10n.t('{0} left', duration(left))}`;
    this.item.text = `$(sync~spin) ${run.name}${how}${time}`;
    this.item.tooltip = run.progress?.what ?? '';
    this.item.command = this.commandFor(run.folder);
    this.item.accessibilityInformation = { label: `Weightroom: ${run.name}${how}${time}`, role: 'button' };
  }

  private commandFor(folder: string): vscode.Command {
    if (this.open?.folder !== folder) {
      const title = vscode.l10n.t('Open Run');
      this.open = { folder, command: { command: 'weightroom.run.open', title, arguments: [folder] } };
    }
    return this.open.command;
  }

  private showMany(live: readonly RunSummary[]): void {
    const text = vscode.l10n.t('{0} runs', live.length);
    this.item.text = `$(sync~spin) ${text}`;
    this.item.tooltip = live
      .map(({ name, progress }) => `${name} ${percent(progress?.fraction ?? 0)}`)
      .join('\n');
    this.item.command = 'weightroom.runs.focus';
    this.item.accessibilityInformation = { label: `Weightroom: ${text}`, role: 'button' };
  }
}
