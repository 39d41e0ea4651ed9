/**
 * The bench's hand inside the page of a run: it plays the extension host, with made-up values instead of a
 * journal, and notes when frames are shown. Bundled for the browser; `chartPage.ts` calls it.
 */
import { Random } from '../../../src/math/random';
import type { HostApi } from '../../../webview/host';
import type { RunView, Series, ToRunPanel } from '../../../src/protocol/messages';
import type { FrameTimes } from '../frameTimes';

declare global {
  interface Window {
    weightroomHost?: HostApi;
    chartBench: ChartBench;
  }
}

export interface ChartBench {
  /** Sends a run of so many points in pieces, an interval apart; resolves with the milliseconds to its picture. */
  feed(
    points: number,
    piece: number,
    interval: number,
  ): Promise<{ readonly first: number; readonly whole: number }>;
  /** From now on appends some points ten times a second. */
  grow(points: number): void;
  /** Starts to note the frames. */
  watchFrames(): void;
  /** The frames since then. */
  frames(): FrameTimes;
}

const SUMMARY: RunView['summary'] = {
  id: 'a-million-points',
  job: 'train',
  name: 'A million points',
  state: 'running',
  started: 0,
  seconds: 0,
  last: {},
  folder: '/runs/a-million-points',
};

window.weightroomHost = {
  postMessage: () => undefined,
  getState: () => undefined,
  setState: () => undefined,
};

let fed = 0;
let stamps: number[] = [];
let longTasks: number[] = [];

new PerformanceObserver((list) => {
  longTasks.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ type: 'longtask' });

/** A loss that falls, with noise, spikes and a gap. */
const random = new Random(1);
function more(points: number): Series {
  const steps = Float64Array.from({ length: points }, (_, k) => fed + k);
  const values = steps.map((step) => {
    if (step % 100_000 === 77_777) return 6;
    if (step % 250_000 > 249_000) return Number.NaN;
    return (2 * Math.exp(-step / 2e5) + 0.2) * (0.8 + 0.4 * random.uniform());
  });
  fed += points;
  return {
    name: 'trainLoss',
    steps,
    epochs: steps.map((s) => s / 469),
    seconds: steps.map((s) => s / 50),
    values,
  };
}

function send(message: ToRunPanel): void {
  window.postMessage(message, '*');
}

function increment(points: number): ToRunPanel {
  return { type: 'increment', summary: SUMMARY, series: [more(points)], tensors: [], messages: [] };
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Resolves in the frame after the one in which the charts have drawn at least so many values. */
async function drawn(values: number): Promise<void> {
  const wanted = new RegExp(`\\b${values.toLocaleString('en-US')} values`);
  const label = () => document.querySelector('[aria-roledescription="chart"]')?.getAttribute('aria-label');
  while (!wanted.test(label() ?? '')) await nextFrame();
  await nextFrame();
}

window.chartBench = {
  feed: async (points, piece, interval) => {
    const start = performance.now();
    const spec = { job: 'train', experiment: '/experiment.ts', engine: 'best', overrides: {} } as const;
    const run = {
      summary: SUMMARY,
      spec,
      series: [more(Math.min(piece, points))],
      tensors: [],
      messages: [],
    };
    send({ type: 'snapshot', run });
    await drawn(fed);
    const first = performance.now() - start;
    while (fed < points) {
      await new Promise((resolve) => setTimeout(resolve, interval));
      send(increment(Math.min(piece, points - fed)));
    }
    await drawn(points);
    return { first, whole: performance.now() - start };
  },
  grow: (points) => {
    setInterval(() => send(increment(points)), 100);
  },
  watchFrames: () => {
    const watching: number[] = [];
    stamps = watching;
    longTasks = [];
    const note = (time: number) => {
      if (stamps !== watching) return;
      watching.push(time);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  },
  frames: () => {
    const times = stamps.slice(1).map((time, k) => time - stamps[k]!);
    stamps = [];
    return { times, longTasks };
  },
};
