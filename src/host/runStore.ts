import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { provisionalName, type JobSpec } from '../protocol/jobSpec';
import { isOver, type RunSummary } from '../protocol/run';
import { runsFolder } from '../runs/layout';
import { listRuns } from '../runs/list';
import { readSpec } from '../runs/specFile';
import type { RunRoots } from './runRoots';
import { RunTail, type RunViewer, type RunViewing } from './runTail';

/** A run as the store knows it. */
export interface KnownRun extends RunSummary {
  readonly spec: JobSpec;
}

/**
 * How often the run folders are looked for, in milliseconds. Asking is one `readdir` a root, works on
 * network file systems, which tell of no changes, and needs no watcher on a folder that is not there yet.
 */
const LOOK_INTERVAL = 1000;

/**
 * Which runs exist, and their latest values. Everything comes from the run folders and can be rebuilt from
 * them at any time; runs that were started elsewhere, from a terminal or another window, appear by
 * themselves.
 */
export class RunStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.EventEmitter<KnownRun>();
  /** A run came, went, or has new values. */
  readonly onDidChange = this.changed.event;
  /** A run that was live in this window's sight is over. */
  readonly onDidEnd = this.ended.event;
  /** Resolves when the folders have been read for the first time. */
  readonly ready: Promise<void>;

  private readonly known = new Map<string, KnownRun>();
  private readonly tails = new Map<string, RunTail>();
  /** Names of the run folders of each root at the last look. */
  private readonly seen = new Map<string, string>();
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(
    private readonly roots: RunRoots,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.ready = this.lookAndGoOn();
  }

  /** Newest first. */
  get runs(): readonly KnownRun[] {
    return [...this.known.values()].sort((a, b) => b.started - a.started || b.id.localeCompare(a.id));
  }

  get live(): readonly KnownRun[] {
    return this.runs.filter(({ state }) => !isOver(state));
  }

  get(folder: string): KnownRun | undefined {
    return this.known.get(folder);
  }

  /** Reads the folders again, whatever was seen before. */
  async refresh(): Promise<void> {
    await this.looking;
    this.seen.clear();
    await this.look();
  }

  /** Takes up a run that was created just now, so that its end is announced however soon it comes. */
  adopt(folder: string, spec: JobSpec): void {
    this.put({
      id: path.basename(folder),
      job: spec.job,
      name: provisionalName(spec),
      state: 'queued',
      started: Date.now(),
      seconds: 0,
      last: {},
      folder,
      spec,
    });
  }

  /** Looks at one run, whether live or over; `undefined` where there is no such run. */
  view(folder: string, viewer: RunViewer): RunViewing | undefined {
    const run = this.known.get(folder);
    if (!run) return undefined;
    const viewing = this.tail(run).view(viewer);
    return {
      ...viewing,
      dispose: () => {
        viewing.dispose();
        this.dropIdleTail(folder);
      },
    };
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const tail of this.tails.values()) tail.dispose();
    this.changed.dispose();
    this.ended.dispose();
  }

  private async lookAndGoOn(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.log.error(error instanceof Error ? error : String(error));
    } finally {
      if (!this.disposed) this.timer = setTimeout(() => void this.lookAndGoOn(), LOOK_INTERVAL);
    }
  }

  private look(): Promise<void> {
    this.looking ??= this.lookAtRoots().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookAtRoots(): Promise<void> {
    const roots = this.roots.all;
    for (const root of roots) {
      const names = await readdir(runsFolder(root)).catch(() => []);
      const sight = names.sort().join('\n');
      if (this.seen.get(root) === sight) continue;
      this.seen.set(root, sight);
      await this.readRoot(root);
    }
    const runFolders = new Set(roots.map(runsFolder));
    for (const folder of this.known.keys()) {
      if (!runFolders.has(path.dirname(folder))) this.forget(folder);
    }
  }

  private async readRoot(root: string): Promise<void> {
    const before = new Map(this.known);
    const summaries = await listRuns(root);
    const there = new Set(summaries.map(({ folder }) => folder));
    for (const folder of before.keys()) {
      if (path.dirname(folder) === runsFolder(root) && !there.has(folder)) this.forget(folder);
    }
    for (const summary of summaries) {
      // What a tail has told, or tells now, is newer.
      if (this.tails.has(summary.folder)) continue;
      const known = before.get(summary.folder);
      const spec = known?.spec ?? (await specOf(summary.folder));
      if (spec && this.known.get(summary.folder) === known) this.put({ ...summary, spec });
    }
  }

  private put(run: KnownRun): void {
    if (this.disposed) return;
    const before = this.known.get(run.folder);
    this.known.set(run.folder, run);
    if (isOver(run.state)) this.dropIdleTail(run.folder);
    else this.tail(run);
    this.changed.fire();
    if (before && !isOver(before.state) && isOver(run.state)) this.ended.fire(run);
  }

  private forget(folder: string): void {
    this.tails.get(folder)?.dispose();
    this.tails.delete(folder);
    if (this.known.delete(folder)) this.changed.fire();
  }

  private tail({ spec, ...known }: KnownRun): RunTail {
    const { folder } = known;
    const existing = this.tails.get(folder);
    if (existing) return existing;
    const tail = new RunTail(folder, spec, known, {
      onSummary: (summary) => this.put({ ...summary, spec }),
      onGone: () => this.forget(folder),
    });
    this.tails.set(folder, tail);
    return tail;
  }

  /** A run that is over is tailed only while somebody looks at it. */
  private dropIdleTail(folder: string): void {
    const run = this.known.get(folder);
    const tail = this.tails.get(folder);
    if (!tail || tail.isViewed || (run && !isOver(run.state))) return;
    tail.dispose();
    this.tails.delete(folder);
  }
}

/** `undefined` where the run has vanished meanwhile. */
async function specOf(folder: string): Promise<JobSpec | undefined> {
  return readSpec(folder).then(
    ({ spec }) => spec,
    () => undefined,
  );
}
