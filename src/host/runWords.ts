import * as vscode from 'vscode';
import type { RunState } from '../protocol/run';

/** A run's state for people. */
export function stateName(state: RunState): string {
  switch (state) {
    case 'queued':
      return vscode.l10n.t('waiting');
    case 'running':
      return vscode.l10n.t('running');
    case 'done':
      return vscode.l10n.t('done');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
    case 'lost':
      return vscode.l10n.t('lost');
  }
}
