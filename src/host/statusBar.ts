import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/run';
import { duration, percent, secondsLeft } from './quantities';
import type { RunStore } from './runStore';

/** The status bar's item while something runs: what, how far, time left; of several runs their number. */
export class RunStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'weightroom.runs',
    vscode.StatusBarAlignment.Left,
  );
  private readonly subscription: vscode.Disposable;

  constructor(private readonly store: RunStore) {
    this.item.name = 'Weightroom';
    this.subscription = store.onDidChange(() => this.show());
  }

  dispose(): void {
    this.subscription.dispose();
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
    const how = run.progress ? ` ${percent(run.progress.fraction)}` : '';
    const left = run.progress && secondsLeft(run.progress.fraction, run.seconds);
    const time = left === undefined ? '' : ` · ${vscode.l10n.t('{0} left', duration(left))}`;
    this.item.text = `$(sync~spin) ${run.name}${how}${time}`;
    this.item.tooltip = run.progress?.what ?? '';
    this.item.command = {
      command: 'weightroom.run.open',
      title: vscode.l10n.t('Open Run'),
      arguments: [run.folder],
    };
    this.item.accessibilityInformation = { label: `Weightroom: ${run.name}${how}${time}`, role: 'button' };
  }

  private showMany(live: readonly RunSummary[]): void {
    const text = vscode.l10n.t('{0} runs', live.length);
    this.item.text = `$(sync~spin) ${text}`;
    this.item.tooltip = live
      .map(({ name, progress }) => `${name} ${percent(progress?.fraction ?? 0)}`)
      .join('\n');
    this.item.command = { command: 'weightroom.runs.focus', title: vscode.l10n.t('Show Runs') };
    this.item.accessibilityInformation = { label: `Weightroom: ${text}`, role: 'button' };
  }
}
