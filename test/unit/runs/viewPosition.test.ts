import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/protocol/events';
import type { InstrumentsView, Series } from '../../../src/protocol/messages';
import { RunViewBuilder } from '../../../src/runs/view';
import { START, within } from '../../../src/runs/viewPosition';
import { SPEC, SUMMARY } from './runningRun';

/** A long loss, an accuracy every tenth step, and what instruments read of two layers every fourth. */
function trained(steps: number): RunViewBuilder {
  const builder = new RunViewBuilder(SPEC);
  for (let step = 0; step < steps; step++) {
    const at = { time: step, step, epoch: 0 };
    const values = { trainLoss: step, ...(step % 10 === 0 && { testAccuracy: step }) };
    const events: RunEvent[] = [{ ...at, type: 'metrics', values }];
    if (step % 4 === 0) {
      const byLayer = { gradientNorm: [step, 2 * step] };
      events.push({ ...at, type: 'instruments', values: { noiseScale: step }, layers: ['a', 'b'], byLayer });
    }
    builder.append(events);
  }
  builder.append([{ time: steps, type: 'finished', state: 'done', seconds: 1 }]);
  return builder;
}

function allSeries({ series, instruments }: { series: readonly Series[]; instruments?: InstrumentsView }) {
  return [...series, ...(instruments?.readings ?? []), ...(instruments?.byLayer ?? [])];
}

function keyOf(series: Series): string {
  return 'layer' in series ? `${series.name} ${String(series.layer)}` : series.name;
}

describe('within', () => {
  it('divides a run into pieces of few points that add up to it', () => {
    const builder = trained(1000);
    const end = builder.position();
    const whole = builder.snapshot(SUMMARY);
    const joined = new Map<string, number[]>();
    let seen = START;
    let pieces = 0;
    while (seen !== end) {
      const next = within(100, seen, end);
      const piece = builder.increment(SUMMARY, seen, next);
      const points = allSeries(piece).reduce((sum, { values }) => sum + values.length, 0);
      expect(points).toBeGreaterThan(0);
      expect(points).toBeLessThanOrEqual(100);
      expect(piece.finished !== undefined).toBe(next === end);
      for (const series of allSeries(piece)) {
        joined.set(keyOf(series), [...(joined.get(keyOf(series)) ?? []), ...series.values]);
      }
      seen = next;
      pieces += 1;
    }
    // 1000 + 100 + 3 · 250 points.
    expect(pieces).toBeGreaterThanOrEqual(19);
    expect(joined).toEqual(new Map(allSeries(whole).map((series) => [keyOf(series), [...series.values]])));
  });

  it('lets every series go on, however many there are', () => {
    const builder = trained(100);
    const next = within(2, START, builder.position());
    expect(allSeries(builder.snapshot(SUMMARY, next)).map(({ values }) => values.length)).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });

  it('is the end itself where all of it fits', () => {
    const end = trained(10).position();
    expect(within(1000, START, end)).toBe(end);
    expect(within(0, end, end)).toBe(end);
  });
});
