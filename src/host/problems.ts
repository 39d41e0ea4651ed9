import * as vscode from 'vscode';
import { errorReport, UserError } from '../protocol/userError';
import { sentences } from './sentences';

interface Fix {
  readonly label: string;
  readonly command: string;
  readonly argument?: string;
}

/** Shows what went wrong: one sentence, the remedy, and a button that leads there. */
export class Problems {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Reports anything thrown. A bug's stack goes to the log; what the user cancelled is no problem. */
  report(error: unknown): void {
    if (isCancellation(error)) return;
    const { code, message, remedy } = errorReport(error);
    if (error instanceof UserError) this.log.error(`${code}: ${message} ${remedy}`);
    else this.log.error(error instanceof Error ? error : message);
    void this.show(sentences(message, remedy), fixFor(code));
  }

  private async show(text: string, fix: Fix | undefined): Promise<void> {
    const showLog = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showErrorMessage(text, ...(fix ? [fix.label] : []), showLog);
    if (chosen === undefined) return;
    if (chosen === showLog) this.log.show();
    else if (fix) await vscode.commands.executeCommand(fix.command, fix.argument);
  }
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

/** What mends an error, where a command can. */
function fixFor(code: string): Fix | undefined {
  switch (code) {
    case 'engine-unusable':
      return { label: vscode.l10n.t('Install TensorFlow Engine'), command: 'weightroom.engine.install' };
    case 'node-unusable':
      return {
        label: vscode.l10n.t('Open Setting'),
        command: 'workbench.action.openSettings',
        argument: 'weightroom.nodePath',
      };
    case 'workspace-untrusted':
      return { label: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' };
    default:
      return undefined;
  }
}
