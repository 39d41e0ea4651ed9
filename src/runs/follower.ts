import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunEvent } from '../protocol/events';
import { provisionalName } from '../protocol/jobSpec';
import { isOver, type RunSummary } from '../protocol/run';
import { JournalReader, readJournalEnds } from './journalReader';
import { runFiles } from './layout';
import { readLogTail } from './logTail';
import { readSpec, type SpecFile } from './specFile';
import { deriveState, type DerivedState } from './state';
import { SummaryFold } from './summaryFold';

/** Journals of finished runs above this size are not read whole for a list, bytes. */
const WHOLE_LIMIT = 2 ** 18;
/** As much of each end surely holds `started` and `finished`, bytes. */
const END = 2 ** 16;

type EventBatch = (events: readonly RunEvent[]) => void;

/** Keeps up with one run: reads each event once, and says how the run stands. */
export class RunFollower {
  private readonly reader: JournalReader;
  private readonly fold = new SummaryFold();
  private specFile: SpecFile | undefined;
  /** How the run stands, once nothing will be appended any more. */
  private closed: RunSummary | undefined;
  private pending: Promise<unknown> = Promise.resolve();

  constructor(readonly folder: string) {
    this.reader = new JournalReader(runFiles(folder).journal);
  }

  /** What was asked; throws a `UserError` `not-a-run` where there is no valid spec. */
  async spec(): Promise<SpecFile> {
    return (this.specFile ??= await readSpec(this.folder));
  }

  /**
   * Reads what the journal has gained, hands it to `onEvents` in batches, and returns the state of
   * the run. Calls wait for one another.
   */
  update(onEvents?: EventBatch): Promise<RunSummary> {
    return this.queued(async () => {
      if (this.closed) return this.closed;
      const { created, spec } = await this.spec();
      const { state, error, died, beat } = await this.derive(created, onEvents);
      const started = this.fold.started ?? created;
      const end = isOver(state) ? Math.max(this.fold.latest ?? started, beat ?? started) : Date.now();
      const logTail = died ? await readLogTail(this.folder) : [];
      const summary: RunSummary = {
        id: path.basename(this.folder),
        job: spec.job,
        name: this.fold.name ?? provisionalName(spec),
        state,
        started,
        seconds: this.fold.finished?.seconds ?? Math.max(0, (end - started) / 1000),
        last: this.fold.last,
        folder: this.folder,
        ...(spec.job === 'train' && spec.sweep !== undefined && { sweep: spec.sweep }),
        ...(this.fold.progress && { progress: this.fold.progress }),
        ...(error && { error }),
        ...(logTail.length > 0 && { logTail }),
      };
      if (this.fold.finished) this.closed = summary;
      return summary;
    });
  }

  /**
   * As `update`, for who wants no events: the long journal of a finished run is read at its two ends
   * alone, where its closing figures are complete.
   */
  async summary(): Promise<RunSummary> {
    if (this.reader.atStart) await this.queued(() => this.skipMiddle());
    return this.update();
  }

  private async derive(created: number, onEvents?: EventBatch): Promise<DerivedState> {
    await this.readOn(onEvents);
    const seen = await deriveState(this.folder, created, this.fold.finished);
    if (!isOver(seen.state)) return seen;
    // The last word may have been written between reading the journal and looking at the process.
    await this.readOn(onEvents);
    return deriveState(this.folder, created, this.fold.finished);
  }

  private async readOn(onEvents?: EventBatch): Promise<void> {
    for await (const events of this.reader.read()) {
      this.fold.absorb(events);
      onEvents?.(events);
    }
  }

  private async skipMiddle(): Promise<void> {
    const { journal } = runFiles(this.folder);
    const size = await stat(journal).then(
      (stats) => stats.size,
      () => 0,
    );
    if (size <= WHOLE_LIMIT) return;
    const ends = await readJournalEnds(journal, END);
    if (!ends.end.some((event) => event.type === 'finished' && event.summary)) return;
    this.fold.absorb(ends.start);
    this.fold.absorb(ends.end);
    this.reader.skipTo(ends.size);
  }

  private queued<T>(act: () => Promise<T>): Promise<T> {
    const result = this.pending.then(act);
    this.pending = result.catch(() => undefined);
    return result;
  }
}
