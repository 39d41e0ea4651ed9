import * as vscode from 'vscode';
import type { JobSpec } from '../../protocol/jobSpec';
import { canResume } from '../../protocol/resume';
import { isOver, RUN_STATES } from '../../protocol/run';
import { cancelRun } from '../../runs/cancel';
import { runFiles } from '../../runs/layout';
import { removeRun } from '../../runs/remove';
import type { RunPanels } from '../panels/runPanels';
import { resumedSpec } from '../resumedSpec';
import { exportReport, type ReportFormat } from '../runReports';
import type { RunStore } from '../runStore';
import { stateName } from '../runWords';
import { requireTrust } from '../trust';
import type { RunsTree } from '../views/runsTree';
import type { CommandTable } from './commandTable';
import { chooseRun } from './runChoice';

/** Commands on runs. Each takes a run's folder, from a view, or asks for one. */
export function runCommands(
  store: RunStore,
  panels: RunPanels,
  tree: RunsTree,
  pages: string,
  start: (spec: JobSpec) => Promise<void>,
): CommandTable {
  const given = async (folder: unknown, title: string): Promise<string | undefined> =>
    typeof folder === 'string' ? folder : chooseRun(store, title);

  return {
    'weightroom.run.open': async (folder) => {
      const run = await given(folder, vscode.l10n.t('Open Run'));
      if (run !== undefined) panels.show(run);
    },
    'weightroom.run.cancel': async (folder) => {
      const title = vscode.l10n.t('Cancel Run');
      const run =
        typeof folder === 'string' ? folder : await chooseRun(store, title, ({ state }) => !isOver(state));
      if (run !== undefined) await cancelRun(run);
    },
    'weightroom.run.resume': async (folder) => {
      requireTrust();
      const title = vscode.l10n.t('Resume Run');
      const run =
        typeof folder === 'string'
          ? folder
          : await chooseRun(store, title, (known) => canResume(known, known.spec));
      const known = run === undefined ? undefined : store.get(run);
      if (known) await start(await resumedSpec(known));
    },
    'weightroom.run.delete': async (folder) => {
      const title = vscode.l10n.t('Delete Run');
      const run =
        typeof folder === 'string' ? folder : await chooseRun(store, title, ({ state }) => isOver(state));
      if (run !== undefined) await deleteRun(store, run);
    },
    'weightroom.run.showLog': async (folder) => {
      const run = await given(folder, vscode.l10n.t('Show Run Log'));
      if (run !== undefined) await showRunLog(run);
    },
    'weightroom.run.revealFolder': async (folder) => {
      const run = await given(folder, vscode.l10n.t('Reveal Run Folder'));
      if (run !== undefined) await revealFolder(vscode.Uri.file(run));
    },
    'weightroom.run.export': async (folder) => {
      const run = await given(folder, vscode.l10n.t('Export Report'));
      const format = run === undefined ? undefined : await chooseFormat();
      if (run !== undefined && format) await exportReport(run, format, pages);
    },
    'weightroom.runs.refresh': () => store.refresh(),
    'weightroom.runs.filter': () => filterRuns(tree),
    'weightroom.runs.showAll': () => tree.filter(new Set(RUN_STATES)),
  };
}

async function deleteRun(store: RunStore, folder: string): Promise<void> {
  const remove = vscode.l10n.t('Delete');
  const name = store.get(folder)?.name ?? folder;
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the run “{0}”?', name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Its journal, log and checkpoints go. Models that it wrote beside their source stay.',
      ),
    },
    remove,
  );
  if (chosen !== remove) return;
  await removeRun(folder);
  await store.refresh();
}

async function showRunLog(folder: string): Promise<void> {
  const log = vscode.Uri.file(runFiles(folder).log);
  const { size } = await vscode.workspace.fs.stat(log).then(undefined, () => ({ size: 0 }));
  if (size === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The process of this run has printed nothing.'));
    return;
  }
  await vscode.window.showTextDocument(log, { preview: true });
}

/** On a desktop in the file manager; from a remote machine in the Explorer, or a window of its own. */
async function revealFolder(folder: vscode.Uri): Promise<void> {
  const isRemote = vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
  if (!isRemote) await vscode.commands.executeCommand('revealFileInOS', folder);
  else if (vscode.workspace.getWorkspaceFolder(folder)) {
    await vscode.commands.executeCommand('revealInExplorer', folder);
  } else {
    await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
  }
}

async function chooseFormat(): Promise<ReportFormat | undefined> {
  const formats: (vscode.QuickPickItem & { format: ReportFormat })[] = [
    {
      label: vscode.l10n.t('HTML'),
      detail: vscode.l10n.t('One page with all charts; needs no network.'),
      format: 'html',
    },
    { label: vscode.l10n.t('CSV'), detail: vscode.l10n.t('Every measured value, as tables.'), format: 'csv' },
  ];
  return (await vscode.window.showQuickPick(formats, { title: vscode.l10n.t('Export Report') }))?.format;
}

async function filterRuns(tree: RunsTree): Promise<void> {
  const items = RUN_STATES.map((state) => ({
    label: stateName(state),
    picked: tree.states.has(state),
    state,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Show Runs That Are'),
    canPickMany: true,
  });
  if (chosen && chosen.length > 0) tree.filter(new Set(chosen.map(({ state }) => state)));
}
