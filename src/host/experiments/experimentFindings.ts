import * as vscode from 'vscode';
import type { VerdictEvent } from '../../protocol/instruments';
import type { JobSpec } from '../../protocol/jobSpec';
import type { ViewPosition } from '../../runs/viewPosition';
import { measured } from '../quantities';
import type { RunStore } from '../runStore';
import type { RunViewing } from '../runTail';
import { Throttle } from '../throttle';
import { findField } from './experimentFields';
import { ExperimentReadings } from './experimentReadings';
import { findExperiment } from './experimentSource';
import { latestRun } from './latestRun';

const LANGUAGES = ['typescript', 'javascript'].map((language) => ({ language, scheme: 'file' }));
/** Marks on lines of code should not flicker; milliseconds. */
const REFRESH_INTERVAL = 1000;

/**
 * What the latest run of each experiment in sight has found: verdicts as diagnostics on the lines that they
 * concern, and beside the optimizer its effective step, its stability margin and the last loss.
 */
export class ExperimentFindings implements vscode.InlayHintsProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.changed.event;
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('weightroom');
  private readonly throttle = new Throttle(REFRESH_INTERVAL, () => this.look());
  private readonly watched = new Map<string, WatchedRun>();
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly store: RunStore) {
    const request = () => this.throttle.request();
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      this.throttle,
      this.diagnostics,
      store.onDidChange(request),
      vscode.window.onDidChangeVisibleTextEditors(request),
      vscode.workspace.onDidChangeTextDocument(request),
      vscode.languages.registerInlayHintsProvider(LANGUAGES, this),
    );
    request();
  }

  provideInlayHints(document: vscode.TextDocument): vscode.InlayHint[] {
    const run = this.watched.get(document.uri.fsPath);
    const hint = run?.readings.hint();
    if (!run || !hint) return [];
    const index = findField(document.getText(), 'optimizer');
    if (index === undefined) return [];
    const known = this.store.get(run.folder);
    const loss = known?.last['trainLoss'];
    const label = loss === undefined ? hint.label : `${hint.label} · loss ${measured(loss)}`;
    const inlay = new vscode.InlayHint(document.lineAt(document.positionAt(index)).range.end, label);
    inlay.paddingLeft = true;
    inlay.tooltip = new vscode.MarkdownString(
      [
        ...hint.explained,
        vscode.l10n.t('From the latest run of this experiment.'),
        ...(known ? explainOverrides(known.spec) : []),
      ].join('\n\n'),
    );
    return [inlay];
  }

  dispose(): void {
    for (const run of this.watched.values()) run.dispose();
    this.subscriptions.dispose();
  }

  /** Watches the latest run of every experiment that is in sight, and no other. */
  private look(): void {
    const inSight = new Map(
      vscode.window.visibleTextEditors
        .map(({ document }) => document)
        .filter((document) => isExperiment(document))
        .map((document) => [document.uri.fsPath, document] as const),
    );
    for (const [file, run] of this.watched) {
      if (inSight.has(file) && latestRun(this.store, file)?.folder === run.folder) continue;
      run.dispose();
      this.watched.delete(file);
      this.diagnostics.delete(vscode.Uri.file(file));
    }
    for (const [file, document] of inSight) {
      const folder = latestRun(this.store, file)?.folder;
      if (folder === undefined) continue;
      const run = this.watched.get(file) ?? new WatchedRun(folder, this.store, () => this.throttle.request());
      this.watched.set(file, run);
      run.read();
      this.diagnostics.set(document.uri, diagnosticsOf(document, run.readings));
    }
    this.changed.fire();
  }
}

/** One run that is read as it grows. */
class WatchedRun implements vscode.Disposable {
  readonly readings = new ExperimentReadings();
  private readonly viewing: RunViewing | undefined;
  private position: ViewPosition | undefined;
  private isTold = false;

  constructor(
    readonly folder: string,
    store: RunStore,
    onChange: () => void,
  ) {
    this.viewing = store.view(folder, {
      onChange: () => {
        this.isTold = true;
        onChange();
      },
      onGone: onChange,
    });
  }

  /** Takes in what is new, once there is anything. */
  read(): void {
    if (!this.viewing || !this.isTold) return;
    const { instruments } = this.position ? this.viewing.increment(this.position) : this.viewing.snapshot();
    this.readings.add(instruments);
    this.position = this.viewing.position();
  }

  dispose(): void {
    this.viewing?.dispose();
  }
}

/** A run may have been told other values than the file says. */
function explainOverrides(spec: JobSpec): readonly string[] {
  const overrides = spec.job === 'train' ? Object.entries(spec.overrides) : [];
  if (overrides.length === 0) return [];
  const settings = overrides.map(([path, value]) => `${path} = ${String(value)}`).join(', ');
  return [vscode.l10n.t('It was started with {0} over what is written here.', settings)];
}

function diagnosticsOf(document: vscode.TextDocument, { findings }: ExperimentReadings): vscode.Diagnostic[] {
  const source = document.getText();
  return findings.flatMap((verdict) => {
    const index = findField(source, verdict.field);
    if (index === undefined) return [];
    const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(document.positionAt(index));
    const start = range.start.with({ character: firstNonWhitespaceCharacterIndex });
    const text = verdict.remedy === undefined ? verdict.text : `${verdict.text} ${verdict.remedy}`;
    const diagnostic = new vscode.Diagnostic(new vscode.Range(start, range.end), text, severityOf(verdict));
    diagnostic.source = 'Weightroom';
    diagnostic.code = verdict.id;
    return [diagnostic];
  });
}

function severityOf({ level }: VerdictEvent): vscode.DiagnosticSeverity {
  return level === 'warning' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
}

function isExperiment(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && findExperiment(document.getText()) !== undefined;
}
