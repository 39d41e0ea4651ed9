import type { BenchContext, BenchRow } from '../bench';
import { summarize } from '../measure';
import { ChartPage } from './chartPage';

const POINTS = 1_000_000;

/** Milliseconds from the run's first message to the frame that shows it. */
export async function* firstPictureRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const what = 'A million points, from their message to their picture';
  context.progress(what);
  const times: number[] = [];
  for (let k = 0; k < (context.quick ? 1 : 3); k++) {
    const page = await ChartPage.open();
    try {
      times.push((await page.feed(POINTS, POINTS, 0)).whole);
    } finally {
      await page.close();
    }
  }
  yield { id: 'charts.first-picture', what, unit: 'ms', ours: summarize(times), peers: {} };
}
