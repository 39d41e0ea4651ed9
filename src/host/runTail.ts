import type * as vscode from 'vscode';
import type { JobSpec } from '../protocol/jobSpec';
import type { RunView } from '../protocol/messages';
import type { RunEnvironment, RunSummary } from '../protocol/run';
import { tailRun, type RunTail as Tail } from '../runs/tail';
import { RunViewBuilder, type RunIncrement } from '../runs/view';
import type { ViewPosition } from '../runs/viewPosition';

/** Who looks at one run. */
export interface RunViewer {
  /** There is something new to fetch. A long run is told of while it is being read, and not only then. */
  onChange(): void;
  onGone(): void;
}

/** A look at one run: everything so far, or what is new since a position; up to another one where it is given. */
export interface RunViewing {
  snapshot(end?: ViewPosition): RunView;
  increment(seen: ViewPosition, end?: ViewPosition): RunIncrement;
  /** How far the run has been read. */
  position(): ViewPosition;
  dispose(): void;
}

export interface RunTailOwner {
  onSummary(summary: RunSummary): void;
  onGone(): void;
}

/**
 * The one tail that this window has on a run. Its owner needs the summary alone; what the journal holds is
 * kept only while somebody looks: for the first who looks it is read again from its start.
 */
export class RunTail implements vscode.Disposable {
  private readonly viewers = new Set<RunViewer>();
  private tail: Tail;
  private builder: RunViewBuilder | undefined;
  private environment: RunEnvironment | undefined;

  /** @param summary what is known of the run before it is read */
  constructor(
    private readonly folder: string,
    private readonly spec: JobSpec,
    private summary: RunSummary,
    private readonly owner: RunTailOwner,
  ) {
    this.tail = this.start();
  }

  get isViewed(): boolean {
    return this.viewers.size > 0;
  }

  /** Adds a viewer, which hears of the run until the viewing is disposed. */
  view(viewer: RunViewer): RunViewing {
    this.viewers.add(viewer);
    if (!this.builder) this.startBuilding();
    else queueMicrotask(() => this.viewers.has(viewer) && viewer.onChange());
    return {
      snapshot: (end) => this.built().snapshot(this.summary, end),
      increment: (seen, end) => this.built().increment(this.summary, seen, end),
      position: () => this.built().position(),
      dispose: () => {
        this.viewers.delete(viewer);
        if (!this.isViewed) this.builder = undefined;
      },
    };
  }

  dispose(): void {
    this.tail.dispose();
    this.viewers.clear();
    this.builder = undefined;
  }

  private startBuilding(): void {
    this.tail.dispose();
    this.builder = new RunViewBuilder(this.spec);
    if (this.environment) this.builder.setEnvironment(this.environment);
    this.tail = this.start();
  }

  private start(): Tail {
    return tailRun(this.folder, {
      onEvents: (events) => {
        this.builder?.append(events);
        this.tellViewers();
      },
      onEnvironment: (environment) => {
        this.environment = environment;
        this.builder?.setEnvironment(environment);
        this.tellViewers();
      },
      onSummary: (summary) => {
        this.summary = summary;
        this.tellViewers();
        this.owner.onSummary(summary);
      },
      onGone: () => {
        for (const viewer of this.viewers) viewer.onGone();
        this.owner.onGone();
      },
    });
  }

  private tellViewers(): void {
    for (const viewer of this.viewers) viewer.onChange();
  }

  private built(): RunViewBuilder {
    if (!this.builder) throw new Error(`${this.folder} is looked at after its viewing was disposed`);
    return this.builder;
  }
}
