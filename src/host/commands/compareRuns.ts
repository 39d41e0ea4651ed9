import * as vscode from 'vscode';
import { checkCompared } from '../../protocol/comparison';
import type { ComparisonPanels } from '../panels/comparisonPanels';
import type { RunStore } from '../runStore';
import { stateName } from '../runWords';
import { nestTrials, withTrials } from '../views/runNesting';
import type { CommandTable } from './commandTable';

/**
 * The command that shows several runs together: those selected in the Runs view. Where that is one run alone, or
 * none, a person picks the others.
 */
export function comparisonCommands(
  store: RunStore,
  panels: ComparisonPanels,
  selection: () => readonly string[],
): CommandTable {
  return {
    'weightroom.runs.compare': async (clicked, selected) => {
      await store.ready;
      const { trials } = nestTrials(store.runs);
      const given = withTrials(foldersOf(selected) ?? foldersOf([clicked]) ?? selection(), trials);
      const picked = given.length > 1 ? given : await pickRuns(store, given);
      if (!picked) return;
      const folders = withTrials(picked, trials);
      checkCompared(folders.length);
      panels.show(folders);
    },
  };
}

/** What a menu or another extension gives, where it is a list of folders. */
function foldersOf(given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given) || given.length === 0) return undefined;
  return given.every((folder) => typeof folder === 'string') ? given : undefined;
}

async function pickRuns(
  store: RunStore,
  selected: readonly string[],
): Promise<readonly string[] | undefined> {
  const items = store.runs.map((run) => ({
    label: run.name,
    description: stateName(run.state),
    detail: run.id,
    folder: run.folder,
    picked: selected.includes(run.folder),
  }));
  const title = vscode.l10n.t('Compare Runs');
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDetail: true, canPickMany: true });
  return chosen?.map(({ folder }) => folder);
}
