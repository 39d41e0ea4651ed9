import * as vscode from 'vscode';
import type { KnownRun, RunStore } from '../runStore';
import { stateName } from '../runWords';

/** Lets a person choose one of `runs`; the only one is taken without asking. */
export async function chooseRun(
  store: RunStore,
  title: string,
  suits: (run: KnownRun) => boolean = () => true,
): Promise<string | undefined> {
  await store.ready;
  const runs = store.runs.filter(suits);
  const [only] = runs;
  if (!only) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no such run.'));
    return undefined;
  }
  if (runs.length === 1) return only.folder;
  const items = runs.map((run) => ({
    label: run.name,
    description: stateName(run.state),
    detail: run.id,
    folder: run.folder,
  }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.folder;
}
