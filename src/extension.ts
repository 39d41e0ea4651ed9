import path from 'node:path';
import * as vscode from 'vscode';
import { registerCommands } from './host/commands/commandTable';
import { comparisonCommands } from './host/commands/compareRuns';
import { engineCommands } from './host/commands/engineCommands';
import { experimentCommands } from './host/commands/experimentCommands';
import { modelCommands } from './host/commands/modelCommands';
import { runCommands } from './host/commands/runCommands';
import { EngineList } from './host/engineList';
import { ExperimentFindings } from './host/experiments/experimentFindings';
import { ExperimentLens } from './host/experiments/experimentLens';
import { JobStarter } from './host/jobStarter';
import { completeSpec } from './host/launcherSpec';
import { ModelDocuments } from './host/models/modelDocuments';
import { ComparisonPanels } from './host/panels/comparisonPanels';
import { ExplorerPanel } from './host/panels/explorerPanel';
import { RunIntents } from './host/panels/runIntents';
import { RunPanels } from './host/panels/runPanels';
import { Problems } from './host/problems';
import { RunNotices } from './host/runNotices';
import { showRunProgress } from './host/runProgress';
import { RunRoots } from './host/runRoots';
import { RunStore } from './host/runStore';
import { RunStatusBar } from './host/statusBar';
import { TASK_TYPE, WeightroomTasks } from './host/tasks/taskProvider';
import { EnginesTree } from './host/views/enginesTree';
import { LauncherView } from './host/views/launcherView';
import { RunsTree } from './host/views/runsTree';
import type { JobSpec } from './protocol/jobSpec';

/** Builds the parts of the extension and connects them. */
export function activate(context: vscode.ExtensionContext): void {
  const dist = path.join(context.extensionPath, 'dist');
  const pages = path.join(dist, 'webview');
  const cli = path.join(dist, 'cli.js');

  const log = vscode.window.createOutputChannel('Weightroom', { log: true });
  const problems = new Problems(log);
  const roots = new RunRoots(context.globalStorageUri);
  const store = new RunStore(roots, log);
  const starter = new JobStarter(path.join(dist, 'worker.js'), roots, store);
  const engines = new EngineList(cli);
  const documents = new ModelDocuments(cli);
  const intents = new RunIntents(pages, problems, (spec) => startFromForm(spec));
  const panels = new RunPanels(context.extensionUri, store, intents);
  const comparisons = new ComparisonPanels(context.extensionUri, store, problems);
  const explorer = new ExplorerPanel(context.extensionUri, problems);
  const runsTree = new RunsTree(store);
  const runsView = vscode.window.createTreeView('weightroom.runs', {
    treeDataProvider: runsTree,
    canSelectMany: true,
  });

  const start = async (spec: JobSpec): Promise<void> => {
    const folder = await starter.start(spec);
    panels.show(folder);
    if (spec.job === 'quantize') void showRunProgress(store, problems, folder);
  };
  const startFromForm = async (asked: JobSpec): Promise<void> => {
    const spec = await completeSpec(asked);
    if (spec) await start(spec);
  };

  const enginesTree = new EnginesTree(engines, problems);
  const launcher = new LauncherView(context.extensionUri, engines, problems, store, startFromForm);

  context.subscriptions.push(
    log,
    store,
    engines,
    documents,
    panels,
    comparisons,
    explorer,
    runsTree,
    runsView,
    enginesTree,
    new RunStatusBar(store),
    new RunNotices(store, (folder) => panels.isShown(folder), log),
    new ExperimentLens(store),
    new ExperimentFindings(store),
    launcher,
    vscode.tasks.registerTaskProvider(TASK_TYPE, new WeightroomTasks(cli)),
    vscode.window.registerTreeDataProvider('weightroom.engines', enginesTree),
    registerCommands(
      {
        ...modelCommands(documents, context.workspaceState, start),
        ...experimentCommands(vscode.Uri.file(path.join(dist, 'examples')), start, (file) =>
          launcher.choose(file),
        ),
        ...runCommands(store, panels, runsTree, pages, start),
        ...comparisonCommands(store, comparisons, () => runsView.selection),
        ...engineCommands(engines, log),
        'weightroom.explorer.open': () => explorer.show(),
      },
      problems,
    ),
  );
}
