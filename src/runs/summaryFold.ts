import type { FinishedEvent, RunEvent } from '../protocol/events';
import type { RunSummary } from '../protocol/run';

/** What the journal alone says of a run, folded event by event, so that no event is read twice. */
export class SummaryFold {
  name: string | undefined;
  started: number | undefined;
  /** Time of the latest event. */
  latest: number | undefined;
  progress: RunSummary['progress'];
  finished: FinishedEvent | undefined;
  private readonly values = new Map<string, number>();

  absorb(events: readonly RunEvent[]): void {
    for (const event of events) this.absorbOne(event);
  }

  /** Latest value of each metric; of a finished quantization its closing figures. */
  get last(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.values);
  }

  private absorbOne(event: RunEvent): void {
    this.latest = event.time;
    switch (event.type) {
      case 'started':
        // The worker says it first; a job that learns its name later says it again.
        this.name = event.name;
        this.started ??= event.time;
        return;
      case 'progress':
        this.progress = {
          fraction: event.total > 0 ? Math.min(1, Math.max(0, event.done / event.total)) : 0,
          what: event.what,
        };
        return;
      case 'metrics':
        for (const [name, value] of Object.entries(event.values)) this.values.set(name, value);
        return;
      case 'finished':
        this.finished = event;
        this.absorbSummary(event);
        return;
      case 'instruments':
      case 'instrumentCost':
      case 'verdict':
      case 'tensor':
      case 'rateDistortion':
      case 'quality':
      case 'figure':
      case 'trial':
      case 'output':
      case 'message':
        return;
    }
  }

  private absorbSummary({ summary }: FinishedEvent): void {
    if (summary?.job === 'quantize') {
      this.values.set('snrDb', summary.snrDb);
      this.values.set('bitsPerWeight', summary.bitsPerWeight.file);
    } else if (summary?.job === 'train') {
      for (const [name, value] of Object.entries(summary.final)) this.values.set(name, value);
    } else if (summary?.job === 'study') {
      const { rows } = summary;
      this.values.set('figures', rows.length);
      this.values.set('worse', rows.filter(({ verdict }) => verdict === 'worse').length);
    } else if (summary?.job === 'sweep') {
      const best = summary.settings[0]?.mean;
      this.values.set('trials', summary.trials.length);
      if (summary.metric !== undefined && best !== undefined) this.values.set(summary.metric, best);
    }
  }
}
