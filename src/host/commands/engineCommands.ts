import * as vscode from 'vscode';
import type { EngineList } from '../engineList';
import type { CommandTable } from './commandTable';

/** Commands on engines, and on the log. */
export function engineCommands(engines: EngineList, log: vscode.LogOutputChannel): CommandTable {
  return {
    'weightroom.engine.install': () => installTensorflow(engines, log),
    'weightroom.engine.refresh': async () => {
      await vscode.window.withProgress({ location: { viewId: 'weightroom.engines' } }, () =>
        engines.refresh(),
      );
    },
    'weightroom.log.show': () => log.show(),
  };
}

async function installTensorflow(engines: EngineList, log: vscode.LogOutputChannel): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Installing the TensorFlow engine'),
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    const cancellation = token.onCancellationRequested(() => abort.abort());
    try {
      await engines.installTensorflow(abort.signal, (line) => {
        log.info(line);
        progress.report({ message: line });
      });
    } finally {
      cancellation.dispose();
    }
  });
  void vscode.window.showInformationMessage(vscode.l10n.t('The TensorFlow engine is ready.'));
}
