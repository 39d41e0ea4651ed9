import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BenchContext, BenchRow } from '../bench';
import { summarize } from '../measure';
import { ChartPage } from './chartPage';
import { frameFigures, type FrameTimes } from './frameTimes';
import { feedFromHost, type HostFeed } from './hostFeed';
import { writeLongRun } from './longRun';

/** Milliseconds that neither the extension host nor the page shall stand still. */
const LONGEST = 50;
const POINTS = 1_000_000;

/** The panel of a finished run is opened: how long the host and the page stand still, and when the curve is whole. */
export async function* openingRows(context: BenchContext): AsyncGenerator<BenchRow> {
  const points = context.quick ? POINTS / 10 : POINTS;
  const what = `The panel of a run with ${points.toLocaleString('en-US')} points, opened`;
  context.progress(what);
  const workspace = await mkdtemp(path.join(tmpdir(), 'weightroom-bench-'));
  const feeds: HostFeed[] = [];
  const pages: (FrameTimes & { readonly first: number; readonly whole: number })[] = [];
  try {
    const run = await writeLongRun(workspace, points);
    for (let k = 0; k < (context.quick ? 1 : 3); k++) {
      const feed = await feedFromHost(run, points);
      const page = await ChartPage.open();
      try {
        pages.push(await page.replay(feed.messages, points));
      } finally {
        await page.close();
      }
      feeds.push(feed);
    }
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
  const median = (times: readonly number[]) => (summarize(times).median / 1000).toFixed(2);
  const largest = Math.max(...feeds.flatMap(({ messages }) => messages.map(({ bytes }) => bytes.length)));
  yield {
    id: 'charts.opening.host',
    what: `${what}: the host`,
    unit: 'ms, longest standstill',
    ours: summarize(feeds.map(({ longestTurn }) => longestTurn)),
    peers: {},
    target: LONGEST,
    note:
      `the first message after ${median(feeds.map(({ messages }) => messages[0]!.time))} s, ` +
      `the last of ${feeds[0]!.messages.length} after ${median(feeds.map(({ messages }) => messages.at(-1)!.time))} s; ` +
      `the largest has ${(largest / 1e6).toFixed(1)} MB`,
  };
  const longTasks = pages.flatMap((page) => page.longTasks);
  yield {
    id: 'charts.opening.page',
    what: `${what}: the page`,
    unit: 'ms, longest frame',
    ours: summarize(pages.map(({ times }) => frameFigures(times).longest)),
    peers: {},
    target: LONGEST,
    note:
      `the first picture after ${median(pages.map(({ first }) => first))} s, ` +
      `the whole one after ${median(pages.map(({ whole }) => whole))} s; ${longTasks.length} tasks of 50 ms or more` +
      (longTasks.length > 0 ? `, the longest took ${Math.max(...longTasks).toFixed(0)} ms` : ''),
  };
}
