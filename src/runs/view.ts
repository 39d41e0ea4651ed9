import type { FinishedEvent, Quality, RateDistortion, RunEvent, TensorResult } from '../protocol/events';
import type { JobSpec } from '../protocol/jobSpec';
import type { RunView, ToRunPanel } from '../protocol/messages';
import type { RunEnvironment, RunRecord, RunSummary } from '../protocol/run';
import type { StudyRow } from '../protocol/study';
import type { TrialResult } from '../protocol/sweep';
import { Columns } from './columns';
import { engineText } from './environmentFile';
import { InstrumentReadings } from './instrumentReadings';
import { START, type ViewPosition } from './viewPosition';

/** Increment of a view, as it is sent to a panel. */
export type RunIncrement = Extract<ToRunPanel, { readonly type: 'increment' }>;

/**
 * Gathers the events of one run into what a panel shows: metrics and readings as columns, tensors, messages. Any
 * number of panels can share one builder: each remembers the position that it has seen.
 */
export class RunViewBuilder {
  private readonly columns = new Map<string, Columns>();
  private readonly tensors: TensorResult[] = [];
  private rateDistortion: RateDistortion | undefined;
  private rateDistortions = 0;
  private readonly quality: Quality[] = [];
  private readonly figures: StudyRow[] = [];
  private readonly trials: TrialResult[] = [];
  private readonly messages: RunView['messages'][number][] = [];
  private readonly instruments = new InstrumentReadings();
  private started: number | undefined;
  private finished: FinishedEvent | undefined;
  private engine: string | undefined;

  constructor(private readonly spec: JobSpec) {}

  setEnvironment(environment: RunEnvironment): void {
    this.engine = engineText(environment);
  }

  append(events: readonly RunEvent[]): void {
    for (const event of events) this.appendOne(event);
  }

  /** Everything up to `end`. */
  snapshot(summary: RunSummary, end = this.position()): RunView {
    return { spec: this.spec, ...this.between(summary, START, end) };
  }

  /** What came after `seen`, up to `end`. Series without new points are left out. */
  increment(summary: RunSummary, seen: ViewPosition, end = this.position()): RunIncrement {
    return { type: 'increment', ...this.between(summary, seen, end) };
  }

  /** Where the run stands now; what comes later is an increment to it. */
  position(): ViewPosition {
    return {
      points: new Map([...this.columns.values()].map((column) => [column.name, column.length])),
      tensors: this.tensors.length,
      rateDistortions: this.rateDistortions,
      quality: this.quality.length,
      figures: this.figures.length,
      trials: this.trials.length,
      messages: this.messages.length,
      instruments: this.instruments.position(),
      finished: this.finished !== undefined,
    };
  }

  private between(summary: RunSummary, seen: ViewPosition, end: ViewPosition): Omit<RunView, 'spec'> {
    const instruments = this.instruments.between(seen.instruments, end.instruments);
    return {
      summary,
      series: [...this.columns.values()].flatMap((column) => {
        const start = seen.points.get(column.name) ?? 0;
        const stop = end.points.get(column.name) ?? 0;
        return stop > start ? [column.series(start, stop)] : [];
      }),
      tensors: this.tensors.slice(seen.tensors),
      ...(this.rateDistortion &&
        this.rateDistortions > seen.rateDistortions && { rateDistortion: this.rateDistortion }),
      ...(this.quality.length > seen.quality && { quality: this.quality.slice(seen.quality) }),
      ...(this.figures.length > seen.figures && { figures: this.figures.slice(seen.figures) }),
      ...(instruments && { instruments }),
      ...(this.trials.length > seen.trials && { trials: this.trials.slice(seen.trials) }),
      messages: this.messages.slice(seen.messages),
      ...(this.finished && end.finished && { finished: this.finished }),
      ...(this.engine !== undefined && { engine: this.engine }),
    };
  }

  private appendOne(event: RunEvent): void {
    this.started ??= event.time;
    switch (event.type) {
      case 'metrics': {
        const seconds = (event.time - this.started) / 1000;
        for (const [name, value] of Object.entries(event.values)) {
          this.column(name).push(event.step, event.epoch, seconds, value);
        }
        return;
      }
      case 'instruments':
        this.instruments.read(event, (event.time - this.started) / 1000);
        return;
      case 'instrumentCost':
        this.instruments.charge(event);
        return;
      case 'verdict':
        this.instruments.judge(event);
        return;
      case 'tensor':
        this.tensors.push(event.tensor);
        return;
      case 'rateDistortion':
        this.rateDistortion = merged(this.rateDistortion, event);
        this.rateDistortions += 1;
        return;
      case 'quality':
        this.quality.push(event);
        return;
      case 'figure':
        this.figures.push(event.row);
        return;
      case 'trial':
        this.trials.push(event.trial);
        return;
      case 'message':
        this.messages.push({ level: event.level, text: event.text });
        return;
      case 'finished':
        this.finished = event;
        return;
      case 'started':
      case 'progress':
      case 'output':
        return;
    }
  }

  private column(name: string): Columns {
    let column = this.columns.get(name);
    if (!column) this.columns.set(name, (column = new Columns(name)));
    return column;
  }
}

/** The rows of both; of one method and number of bits the newer one. */
function merged(before: RateDistortion | undefined, { rows, sampled }: RateDistortion): RateDistortion {
  const all = new Map(
    [...(before?.rows ?? []), ...rows].map((row) => [`${row.method} ${row.bits.nominal}`, row]),
  );
  return { rows: [...all.values()], sampled };
}

/** What a panel, a report or an export shows of a run that was read whole. */
export function runView(record: RunRecord): RunView {
  const builder = new RunViewBuilder(record.spec);
  if (record.environment) builder.setEnvironment(record.environment);
  builder.append(record.events);
  return builder.snapshot(record.summary);
}
