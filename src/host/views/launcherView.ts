import * as vscode from 'vscode';
import type { FromLauncher, LauncherState, ToLauncher } from '../../protocol/messages';
import type { JobSpec } from '../../protocol/jobSpec';
import { errorReport, UserError } from '../../protocol/userError';
import type { EngineList } from '../engineList';
import { findExperiments, watchSources } from '../experiments/experimentFiles';
import {
  browseForCalibration,
  browseForModel,
  findModels,
  workspaceFile,
  type WorkspaceFile,
} from '../models/modelFiles';
import { loadPage, webviewOptions } from '../panels/webviewFiles';
import type { Problems } from '../problems';
import type { RunStore } from '../runStore';
import { readSettings } from '../settings';
import { Throttle } from '../throttle';

/** Filling the form searches the workspace, so it is not done more often than this; milliseconds. */
const SEARCH_INTERVAL = 1000;

/** What may change the files, the rights or the settings that the form shows. */
const WORKSPACE_CHANGES: readonly vscode.Event<unknown>[] = [
  vscode.workspace.onDidGrantWorkspaceTrust,
  vscode.workspace.onDidChangeWorkspaceFolders,
  vscode.workspace.onDidCreateFiles,
  vscode.workspace.onDidDeleteFiles,
  vscode.workspace.onDidRenameFiles,
  vscode.workspace.onDidSaveTextDocument,
  vscode.workspace.onDidChangeConfiguration,
];

/** The Run view: a form over what the workspace holds. What it sends is a spec; the files are checked here. */
export class LauncherView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private readonly subscriptions: vscode.Disposable;
  private readonly throttle = new Throttle(SEARCH_INTERVAL, () => void this.sendState());
  /** Models from outside the workspace that a person has browsed to. */
  private readonly browsed: WorkspaceFile[] = [];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly engines: EngineList,
    private readonly problems: Problems,
    private readonly store: RunStore,
    private readonly start: (spec: JobSpec) => Promise<void>,
  ) {
    // A run that ends may have written a model.
    const changes: vscode.Event<unknown>[] = [engines.onDidChange, store.onDidEnd, ...WORKSPACE_CHANGES];
    this.subscriptions = vscode.Disposable.from(
      vscode.window.registerWebviewViewProvider('weightroom.launcher', this),
      this.throttle,
      ...changes.map((change) => change(() => this.throttle.request())),
      watchSources(() => this.throttle.request()),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.onDidDispose(() => (this.view = undefined));
    view.webview.onDidReceiveMessage((message: FromLauncher) => {
      this.handle(message).catch((error: unknown) => this.problems.report(error));
    });
    view.webview.options = webviewOptions(this.extension);
    loadPage(view.webview, this.extension, 'launcher', 'Weightroom');
  }

  /** Puts an experiment into the form, where the form is in sight and knows it. */
  async choose(experiment: string): Promise<void> {
    await this.sendState();
    this.post({ type: 'experiment', path: experiment });
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async handle(message: FromLauncher): Promise<void> {
    switch (message.type) {
      case 'ready':
        await this.sendState();
        if (vscode.workspace.isTrusted) await this.engines.ensure();
        return;
      case 'run':
        await this.run(message.spec);
        return;
      case 'browseModel':
        await this.browse();
        return;
      case 'browseCalibration':
        await this.browseCalibration();
        return;
      case 'newExperiment':
        await vscode.commands.executeCommand('weightroom.experiment.new');
        return;
      case 'trust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
    }
  }

  private async run(spec: JobSpec): Promise<void> {
    try {
      await this.start(spec);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { message, remedy } = errorReport(error);
      this.post({ type: 'refused', message, remedy });
    }
  }

  private async browse(): Promise<void> {
    const file = await browseForModel(vscode.l10n.t('Quantize Model'));
    if (file === undefined) return;
    this.browsed.unshift(workspaceFile(vscode.Uri.file(file)));
    await this.sendState();
  }

  private async browseCalibration(): Promise<void> {
    const path = await browseForCalibration();
    if (path !== undefined) this.post({ type: 'calibrationFile', path });
  }

  private async sendState(): Promise<void> {
    if (!this.view?.visible) return;
    this.post({ type: 'state', state: await this.state() });
  }

  private async state(): Promise<LauncherState> {
    const [experiments, models] = await Promise.all([findExperiments(), findModels()]);
    const known = new Set(models.map(({ path }) => path));
    const experiment = this.likelyExperiment(experiments);
    return {
      trusted: vscode.workspace.isTrusted,
      experiments,
      ...(experiment !== undefined && { experiment }),
      models: [...this.browsed.filter(({ path }) => !known.has(path)), ...models],
      engines: this.engines.engines ?? [],
      engine: readSettings().engine,
    };
  }

  /** The experiment in the editor, else the one that was run last. */
  private likelyExperiment(experiments: readonly WorkspaceFile[]): string | undefined {
    const known = new Set(experiments.map(({ path }) => path));
    const inEditor = vscode.window.activeTextEditor?.document.uri.fsPath;
    const ran = this.store.runs.map(({ spec }) => (spec.job === 'train' ? spec.experiment : undefined));
    return [inEditor, ...ran].find((path) => path !== undefined && known.has(path));
  }

  private post(message: ToLauncher): void {
    void this.view?.webview.postMessage(message);
  }
}
