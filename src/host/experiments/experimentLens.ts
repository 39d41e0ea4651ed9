import * as vscode from 'vscode';
import { duration, measured } from '../quantities';
import type { KnownRun, RunStore } from '../runStore';
import { stateName } from '../runWords';
import { Throttle } from '../throttle';
import { findExperiment } from './experimentSource';
import { latestRun } from './latestRun';

const LANGUAGES = ['typescript', 'javascript'].map((language) => ({ language, scheme: 'file' }));
/** Numbers above a line of code should not flicker; milliseconds. */
const REFRESH_INTERVAL = 1000;

/** Above `defineExperiment(`: Run, and the last result of this file. */
export class ExperimentLens implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly throttle = new Throttle(REFRESH_INTERVAL, () => this.changed.fire());
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly store: RunStore) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      this.throttle,
      store.onDidChange(() => this.throttle.request()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      vscode.languages.registerCodeLensProvider(LANGUAGES, this),
      vscode.window.onDidChangeActiveTextEditor(() => markActiveEditor()),
      vscode.workspace.onDidSaveTextDocument(() => markActiveEditor()),
    );
    markActiveEditor();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const offset = findExperiment(document.getText());
    if (offset === undefined) return [];
    const { range } = document.lineAt(document.positionAt(offset));
    return [runLens(range, document.uri), ...this.resultLens(range, document.uri.fsPath)];
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private resultLens(range: vscode.Range, file: string): vscode.CodeLens[] {
    const last = latestRun(this.store, file);
    if (!last) return [];
    const command = { command: 'weightroom.run.open', title: resultText(last), arguments: [last.folder] };
    return [new vscode.CodeLens(range, command)];
  }
}

function runLens(range: vscode.Range, file: vscode.Uri): vscode.CodeLens {
  if (vscode.workspace.isTrusted) {
    const title = `$(play) ${vscode.l10n.t('Run')}`;
    return new vscode.CodeLens(range, { command: 'weightroom.experiment.run', title, arguments: [file] });
  }
  const title = vscode.l10n.t('Run: the workspace is not trusted');
  return new vscode.CodeLens(range, { command: 'workbench.trust.manage', title });
}

/** `done in 41 s: testAccuracy 0.981`. */
function resultText(run: KnownRun): string {
  const values = Object.entries(run.last).map(([name, value]) => `${name} ${measured(value)}`);
  const state =
    run.state === 'done' ? vscode.l10n.t('done in {0}', duration(run.seconds)) : stateName(run.state);
  return values.length > 0 ? `${state}: ${values.join(', ')}` : state;
}

/** Tells menus whether the active editor shows an experiment. */
function markActiveEditor(): void {
  const document = vscode.window.activeTextEditor?.document;
  const isExperiment = document?.uri.scheme === 'file' && findExperiment(document.getText()) !== undefined;
  void vscode.commands.executeCommand('setContext', 'weightroom.experimentOpen', isExperiment);
}
