import type { WriteStream } from 'node:tty';
import { formatBytes, formatCount, formatDuration, shortName } from './units';

/** How far a command is. */
export interface Step {
  readonly what: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
}

/** Between two plain lines, milliseconds. */
const LINE_INTERVAL = 10_000;
/** Between two pictures of the bar, milliseconds. */
const BAR_INTERVAL = 100;
const BAR_WIDTH = 24;
/** Slower rates would be shown as none. */
const LEAST_RATE = 0.05;
/** Of a terminal, in columns. */
const USUAL_WIDTH = 80;

/**
 * Progress on standard error: on a terminal one line that is drawn again, with a bar, the rate and the
 * time left; elsewhere a plain line at most every ten seconds; nothing where `quiet`.
 */
export class Progress {
  private start: { readonly time: number; readonly done: number } | undefined;
  private drawnAt = -Infinity;
  private drawn = false;

  constructor(
    private readonly stream: WriteStream,
    private readonly quiet: boolean,
  ) {}

  update(step: Step): void {
    const now = Date.now();
    this.start ??= { time: now, done: step.done ?? 0 };
    if (this.quiet || now - this.drawnAt < (this.stream.isTTY ? BAR_INTERVAL : LINE_INTERVAL)) return;
    this.drawnAt = now;
    if (this.stream.isTTY) this.draw(step, now);
    else this.stream.write(`${this.figures(step, now)}\n`);
  }

  /** A line of its own that stays: a warning of the job. */
  note(text: string): void {
    if (this.quiet) return;
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** Removes the bar, before something else is printed. */
  clear(): void {
    if (this.drawn) this.stream.write('\r\u001b[K');
    this.drawn = false;
  }

  private draw(step: Step, now: number): void {
    const text = `${bar(step)}${this.figures(step, now)}`;
    // A longer line would wrap, and could not be drawn again. Some terminals do not know their width.
    const fitting = Array.from(text)
      .slice(0, (this.stream.columns || USUAL_WIDTH) - 1)
      .join('');
    this.stream.write(`\r${fitting}\u001b[K`);
    this.drawn = true;
  }

  /** `43 %  1.2 M weights/s  12 s left  encoder/kernel`. */
  private figures({ what, done, total, unit = '' }: Step, now: number): string {
    if (done === undefined || total === undefined || total <= 0) return what;
    const parts = [`${Math.floor(100 * fraction(done, total))} %`];
    const elapsed = (now - this.start!.time) / 1000;
    const rate = (done - this.start!.done) / elapsed;
    if (elapsed > 0.5 && rate > 0) {
      if (rate >= LEAST_RATE) parts.push(`${formatRate(rate, unit)}/s`);
      parts.push(`${formatDuration((total - done) / rate)} left`);
    }
    return [...parts, shortName(what)].join('  ');
  }
}

/** `27.3 MB`, `1.2 M weights`, of one second. */
function formatRate(rate: number, unit: string): string {
  const rounded = rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate);
  return unit === 'bytes' ? formatBytes(rounded) : `${formatCount(rounded)} ${unit}`.trimEnd();
}

function bar({ done, total }: Step): string {
  if (done === undefined || total === undefined || total <= 0) return '';
  const full = Math.round(BAR_WIDTH * fraction(done, total));
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} `;
}

function fraction(done: number, total: number): number {
  return Math.min(1, Math.max(0, done / total));
}
