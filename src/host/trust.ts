import * as vscode from 'vscode';
import { UserError } from '../protocol/userError';

/** Stops what would start a process in a workspace that is not trusted. Menus hide it; this makes sure. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new UserError(
    'workspace-untrusted',
    vscode.l10n.t('This workspace is not trusted, so nothing can be started in it.'),
    vscode.l10n.t('Trust the workspace, or inspect models and finished runs without it.'),
  );
}
