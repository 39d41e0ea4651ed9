import path from 'node:path';
import * as vscode from 'vscode';
import { measured } from './quantities';
import type { KnownRun, RunStore } from './runStore';
import { sentences } from './sentences';

/**
 * Says once when a run that this window saw at work has ended, unless its panel shows it already. Of a sweep the
 * whole is announced, not each of its trials.
 */
export class RunNotices implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  /** @param isShown whether a run's panel is before the user's eyes */
  constructor(
    store: RunStore,
    private readonly isShown: (folder: string) => boolean,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = store.onDidEnd((run) => void this.announce(run));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async announce(run: KnownRun): Promise<void> {
    this.log.info(`${run.id}: ${run.state}`);
    if (run.sweep !== undefined) return;
    switch (run.state) {
      case 'failed':
      case 'lost':
        await this.announceFailure(run);
        return;
      case 'done':
        if (!this.isShown(run.folder)) await announceSuccess(run);
        return;
      case 'cancelled':
      case 'queued':
      case 'running':
        return;
    }
  }

  private async announceFailure(run: KnownRun): Promise<void> {
    const reason = run.error
      ? sentences(run.error.message, run.error.remedy)
      : vscode.l10n.t('It gives no sign of life.');
    this.log.error([`${run.id}: ${reason}`, ...(run.logTail ?? [])].join('\n  '));
    const showLog = vscode.l10n.t('Show Log');
    const open = vscode.l10n.t('Open Run');
    const text = vscode.l10n.t('{0} failed: {1}', run.name, reason);
    const chosen = await vscode.window.showErrorMessage(text, showLog, open);
    if (chosen === showLog) await vscode.commands.executeCommand('weightroom.run.showLog', run.folder);
    if (chosen === open) await vscode.commands.executeCommand('weightroom.run.open', run.folder);
  }
}

async function announceSuccess(run: KnownRun): Promise<void> {
  const open = vscode.l10n.t('Open Run');
  const chosen = await vscode.window.showInformationMessage(successText(run), open);
  if (chosen === open) await vscode.commands.executeCommand('weightroom.run.open', run.folder);
}

function successText({ name, last, spec }: KnownRun): string {
  if (spec.job === 'quantize') return vscode.l10n.t('{0} is written.', path.basename(spec.output));
  const values = Object.entries(last).map(([metric, value]) => `${metric} ${measured(value)}`);
  return values.length > 0
    ? vscode.l10n.t('{0} is done: {1}.', name, values.join(', '))
    : vscode.l10n.t('{0} is done.', name);
}
