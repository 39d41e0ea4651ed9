import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunFeed } from '../../../src/host/panels/runFeed';
import type { RunViewer } from '../../../src/host/runTail';
import type { RunEvent } from '../../../src/protocol/events';
import type { Series, ToRunPanel } from '../../../src/protocol/messages';
import { RunViewBuilder } from '../../../src/runs/view';
import { SPEC, SUMMARY } from '../runs/runningRun';

const INTERVAL = 100;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A feed on a run in memory, and what it has posted. */
function feedOf(builder: RunViewBuilder) {
  const viewers: RunViewer[] = [];
  const posted: ToRunPanel[] = [];
  const view = (_folder: string, viewer: RunViewer) => {
    viewers.push(viewer);
    return {
      snapshot: builder.snapshot.bind(builder, SUMMARY),
      increment: builder.increment.bind(builder, SUMMARY),
      position: builder.position.bind(builder),
      dispose: () => undefined,
    };
  };
  const feed = new RunFeed('/run', { view }, INTERVAL, (message) => posted.push(message));
  feed.begin();
  return { posted, tell: () => viewers.at(-1)!.onChange() };
}

function losses(from: number, length: number): RunEvent[] {
  return Array.from({ length }, (_, k) => {
    const step = from + k;
    return { time: step, type: 'metrics', step, epoch: 0, values: { trainLoss: 1 / (1 + step) } };
  });
}

function seriesIn(message: ToRunPanel): readonly Series[] {
  if (message.type === 'gone') return [];
  return message.type === 'snapshot' ? message.run.series : message.series;
}

function endIn(message: ToRunPanel): boolean {
  if (message.type === 'gone') return false;
  return (message.type === 'snapshot' ? message.run : message).finished !== undefined;
}

describe('RunFeed', () => {
  it('sends a long run in pieces, one an interval, and its end with the last of them', () => {
    const builder = new RunViewBuilder(SPEC);
    builder.append(losses(0, 250_000));
    builder.append([{ time: 250_000, type: 'finished', state: 'done', seconds: 250 }]);
    const { posted, tell } = feedOf(builder);
    tell();
    expect(posted).toHaveLength(1);
    vi.advanceTimersByTime(INTERVAL - 1);
    expect(posted).toHaveLength(1);
    vi.advanceTimersByTime(10 * INTERVAL);
    expect(posted.map(({ type }) => type)).toEqual(['snapshot', 'increment', 'increment']);
    expect(posted.map((message) => seriesIn(message)[0]?.values.length)).toEqual([100_000, 100_000, 50_000]);
    expect(posted.map(endIn)).toEqual([false, false, true]);
    expect(posted.flatMap((message) => seriesIn(message).flatMap(({ steps }) => [...steps]))).toEqual(
      Array.from({ length: 250_000 }, (_, step) => step),
    );
  });

  it('sends what comes while pieces are under way after them', () => {
    const builder = new RunViewBuilder(SPEC);
    builder.append(losses(0, 150_000));
    const { posted, tell } = feedOf(builder);
    tell();
    builder.append(losses(150_000, 10));
    tell();
    vi.advanceTimersByTime(10 * INTERVAL);
    expect(posted.map((message) => seriesIn(message)[0]?.steps.at(-1))).toEqual([99_999, 150_009]);
  });

  it('says nothing where nothing is new', () => {
    const builder = new RunViewBuilder(SPEC);
    builder.append(losses(0, 10));
    const { posted, tell } = feedOf(builder);
    tell();
    vi.advanceTimersByTime(10 * INTERVAL);
    expect(posted).toHaveLength(1);
  });
});
