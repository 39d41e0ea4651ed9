import * as vscode from 'vscode';
import { canResume } from '../../protocol/resume';
import { isOver, RUN_STATES, type RunState, type RunSummary } from '../../protocol/run';
import { duration, measured, percent } from '../quantities';
import { stateName } from '../runWords';
import type { KnownRun, RunStore } from '../runStore';
import { sentences } from '../sentences';
import { Throttle } from '../throttle';
import { nestTrials, sweepOf, type RunNesting } from './runNesting';
import { trialName } from './trialName';

/** Rows that change more often cannot be read; milliseconds. */
const REFRESH_INTERVAL = 500;

/**
 * The Runs view: newest first, with live values, trials under their sweep. An element is a run's folder. Only
 * rows with something new are drawn anew: a click on a row that is replaced meanwhile is lost.
 */
export class RunsTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscriptions: vscode.Disposable;
  private readonly throttle = new Throttle(REFRESH_INTERVAL, () => this.refresh());
  private shown: ReadonlySet<RunState> = new Set(RUN_STATES);
  /** The runs of the rows, as they were drawn last. */
  private drawn: readonly KnownRun[] = [];
  private nesting: RunNesting<KnownRun> = nestTrials([]);

  constructor(private readonly store: RunStore) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      this.throttle,
      store.onDidChange(() => this.throttle.request()),
    );
  }

  get states(): ReadonlySet<RunState> {
    return this.shown;
  }

  /** Shows only runs in one of `states`; all of them where every state is named. */
  filter(states: ReadonlySet<RunState>): void {
    this.shown = states;
    const filtered = states.size < RUN_STATES.length;
    void vscode.commands.executeCommand('setContext', 'weightroom.runsFiltered', filtered);
    this.changed.fire(undefined);
  }

  async getChildren(parent?: string): Promise<string[]> {
    if (parent !== undefined) return (this.nesting.trials.get(parent) ?? []).map(folderOf);
    await this.store.ready;
    this.drawn = this.rows();
    this.nesting = nestTrials(this.drawn);
    return this.nesting.top.map(folderOf);
  }

  getTreeItem(folder: string): vscode.TreeItem {
    const run = this.store.get(folder);
    const label = run ? this.labelOf(run) : folder;
    const item = new vscode.TreeItem(label);
    item.id = folder;
    if (!run) return item;
    if (this.nesting.trials.has(folder)) {
      item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
    }
    const description = runDescription(run);
    item.description = description;
    item.tooltip = runTooltip(run);
    item.iconPath = stateIcon(run.state);
    item.contextValue = menuOf(run);
    item.command = { command: 'weightroom.run.open', title: vscode.l10n.t('Open Run'), arguments: [folder] };
    item.accessibilityInformation = { label: `${label}, ${stateName(run.state)}, ${description}` };
    return item;
  }

  /** Under its sweep a trial is told from the others by what it was set to: all have the experiment's name. */
  private labelOf(run: KnownRun): string {
    const sweep = sweepOf(run);
    const above = sweep !== undefined && this.nesting.trials.has(sweep) ? this.store.get(sweep) : undefined;
    if (run.spec.job !== 'train' || above?.spec.job !== 'sweep') return run.name;
    return trialName(run.spec, above.spec) || run.name;
  }

  private refresh(): void {
    void vscode.commands.executeCommand('setContext', 'weightroom.liveRuns', this.store.live.length);
    const rows = this.rows();
    const before = this.drawn;
    const sameRows =
      rows.length === before.length && rows.every(({ folder }, k) => folder === before[k]?.folder);
    if (!sameRows) {
      this.changed.fire(undefined);
      return;
    }
    this.drawn = rows;
    const renewed = rows.filter((run, k) => run !== before[k]).map(({ folder }) => folder);
    if (renewed.length > 0) this.changed.fire(renewed);
  }

  private rows(): readonly KnownRun[] {
    return this.store.runs.filter(({ state }) => this.shown.has(state));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}

/** Which commands the menu of a run has. */
function menuOf(run: KnownRun): string {
  if (!isOver(run.state)) return 'run.live';
  return canResume(run, run.spec) ? 'run.stopped' : 'run.over';
}

const folderOf = ({ folder }: KnownRun): string => folder;

/** While it runs: how far, and what. Afterwards: its values, or what went wrong. */
function runDescription(run: RunSummary): string {
  const values = Object.entries(run.last).map(([name, value]) => `${name} ${measured(value)}`);
  if (!isOver(run.state)) {
    const progress = run.progress
      ? [percent(run.progress.fraction), run.progress.what]
      : [stateName(run.state)];
    return [...progress, ...values].join(' · ');
  }
  if (run.state === 'done') return [...values, duration(run.seconds)].join(' · ');
  return [stateName(run.state), ...values].join(' · ');
}

function runTooltip(run: RunSummary): vscode.MarkdownString {
  const started = new Date(run.started).toLocaleString(vscode.env.language);
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(`${run.name}\n`);
  tooltip.appendText(
    vscode.l10n.t('{0}, started {1}, {2}', stateName(run.state), started, duration(run.seconds)),
  );
  for (const [name, value] of Object.entries(run.last)) tooltip.appendText(`\n${name}: ${measured(value)}`);
  if (run.error) tooltip.appendText(`\n${sentences(run.error.message, run.error.remedy)}`);
  tooltip.appendText(`\n${run.folder}`);
  return tooltip;
}

function stateIcon(state: RunState): vscode.ThemeIcon {
  switch (state) {
    case 'queued':
      return new vscode.ThemeIcon('clock');
    case 'running':
      return new vscode.ThemeIcon('sync~spin');
    case 'done':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash');
    case 'lost':
      return new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('testing.iconQueued'));
  }
}
