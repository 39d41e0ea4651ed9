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
  if (!(await confirmInstallation(engines))) return;
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
        progress.report({ message: line.replace(/ {2,}/, ' · ') });
      });
    } finally {
      cancellation.dispose();
    }
  });
  void vscode.window.showInformationMessage(vscode.l10n.t('The TensorFlow engine is ready.'));
}

/** Nothing is downloaded that nobody asked for, and nothing twice by mistake. */
async function confirmInstallation(engines: EngineList): Promise<boolean> {
  const usable = engines.engines?.find(({ id, usable }) => id === 'tensorflow' && usable);
  const install = vscode.l10n.t('Install');
  const question = usable
    ? vscode.l10n.t('TensorFlow {0} is installed and can be used. Install it again?', usable.version)
    : vscode.l10n.t('Install the TensorFlow engine?');
  const detail = vscode.l10n.t(
    'A TensorFlow library that is on this machine is taken; else one is downloaded from the Python package index and checked. It goes into a folder of yours, not into the system.',
  );
  const chosen = await vscode.window.showInformationMessage(question, { modal: true, detail }, install);
  return chosen === install;
}
