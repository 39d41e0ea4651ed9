/**
 * The bench's hand inside the page of a run: it plays the extension host, with made-up values instead of a
 * journal, and notes when frames are shown. Bundled for the browser; `chartPage.ts` calls it.
 */
import { Random } from '../../../src/math/random';
import type { HostApi } from '../../../webview/host';
import type { RunView, Series, ToRunPanel } from '../../../src/protocol/messages';
import type { FrameTimes } from '../frameTimes';
import { decodeMessage } from '../messageBytes';

declare global {
  interface Window {
    weightroomHost?: HostApi;
    chartBench: ChartBench;
  }
}

export interface ChartBench {
  /** Sends a run of so many points; resolves with its picture. */
  feed(points: number): Promise<void>;
  /** Puts a message by, for {@link ChartBench.replay}: the bytes of `encodeMessage`. */
  take(base64: string): void;
  /**
   * Sends each message that was put by at its time, and notes the frames until the picture has so many
   * points: milliseconds to its first points and to all of them.
   */
  replay(
    times: readonly number[],
    points: number,
  ): Promise<FrameTimes & { readonly first: number; readonly whole: number }>;
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
const taken: ToRunPanel[] = [];
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

/** How many values the first chart says that it has drawn. */
function drawnValues(): number {
  const label = document.querySelector('[aria-roledescription="chart"]')?.getAttribute('aria-label');
  const [, count = '0'] = /([\d,]+) values/.exec(label ?? '') ?? [];
  return Number(count.replaceAll(',', ''));
}

/** Resolves in the frame after the one in which the first chart has drawn at least so many values. */
async function drawn(values: number): Promise<void> {
  while (drawnValues() < values) await nextFrame();
  await nextFrame();
}

window.chartBench = {
  feed: async (points) => {
    const spec = { job: 'train', experiment: '/experiment.ts', engine: 'best', overrides: {} } as const;
    const run = { summary: SUMMARY, spec, series: [more(points)], tensors: [], messages: [] };
    send({ type: 'snapshot', run });
    await drawn(points);
  },
  take: (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    taken.push(decodeMessage(bytes.buffer));
  },
  replay: async (times, points) => {
    window.chartBench.watchFrames();
    const start = performance.now();
    for (const [k, message] of taken.entries()) setTimeout(() => send(message), times[k]);
    await drawn(1);
    const first = performance.now() - start;
    await drawn(points);
    const whole = performance.now() - start;
    return { ...window.chartBench.frames(), first, whole };
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
