import type { BenchContext, BenchRow, RowSource } from '../bench';
import { summarize } from '../measure';
import { ChartPage } from './chartPage';
import { frameFigures } from './frameTimes';

/** Milliseconds that no frame shall take. */
const LONGEST = 50;
const POINTS = 1_000_000;

export interface PanZoomRow {
  readonly id: string;
  readonly what: string;
  /** What is done with the page before somebody pans and zooms. */
  readonly prepare?: (page: ChartPage) => Promise<void>;
}

/** The longest frame while a million points are zoomed and moved by the mouse, over some repetitions. */
export function panZoomRow({ id, what, prepare }: PanZoomRow): RowSource {
  return async function* (context: BenchContext): AsyncGenerator<BenchRow> {
    context.progress(what);
    const page = await ChartPage.open();
    try {
      await page.feed(POINTS);
      await prepare?.(page);
      const runs = [];
      for (let k = 0; k < (context.quick ? 1 : 3); k++) runs.push(await page.panAndZoom());
      const all = frameFigures(runs.flatMap(({ times }) => times));
      const frames = runs.reduce((sum, { times }) => sum + times.length, 0);
      const longTasks = runs.reduce((sum, run) => sum + run.longTasks.length, 0);
      yield {
        id,
        what,
        unit: 'ms, longest frame',
        ours: summarize(runs.map(({ times }) => frameFigures(times).longest)),
        peers: {},
        target: LONGEST,
        note:
          `of ${frames} frames the median took ${all.median.toFixed(1)} ms, 99 % at most ${all.p99.toFixed(1)} ms; ` +
          `${longTasks} tasks of 50 ms or more`,
      };
    } finally {
      await page.close();
    }
  };
}
