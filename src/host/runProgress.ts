import path from 'node:path';
import * as vscode from 'vscode';
import { isOver } from '../protocol/run';
import { cancelRun } from '../runs/cancel';
import type { Problems } from './problems';
import { percent } from './quantities';
import type { RunStore } from './runStore';

/**
 * Shows a quantization that a person has just started as a notification with progress and Cancel, until it is over.
 * The run does not depend on it: it goes on when the window is closed.
 */
export async function showRunProgress(store: RunStore, problems: Problems, folder: string): Promise<void> {
  const name = store.get(folder)?.name ?? path.basename(folder);
  const title = vscode.l10n.t('Quantizing {0}', name);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  await vscode.window.withProgress(options, async (progress, token) => {
    let shown = 0;
    const cancellation = token.onCancellationRequested(() => {
      cancelRun(folder).catch((error: unknown) => problems.report(error));
    });
    try {
      await untilOver(store, folder, () => {
        const run = store.get(folder);
        if (!run?.progress) return;
        const { fraction, what } = run.progress;
        progress.report({
          message: `${percent(fraction)} · ${ending(what)}`,
          increment: (fraction - shown) * 100,
        });
        shown = fraction;
      });
    } finally {
      cancellation.dispose();
    }
  });
}

/** Resolves when the run is over or gone; calls `onChange` whenever the store has something new. */
async function untilOver(store: RunStore, folder: string, onChange: () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      onChange();
      const run = store.get(folder);
      if (run && !isOver(run.state)) return;
      subscription.dispose();
      resolve();
    };
    const subscription = store.onDidChange(look);
    look();
  });
}

/** Names of tensors are long, and differ at their end. */
function ending(name: string): string {
  return name.length > 40 ? `…${name.slice(-39)}` : name;
}
