import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MESSAGE_INTERVAL, RunFeed } from '../../src/host/panels/runFeed';
import { RunTail } from '../../src/host/runTail';
import type { ToRunPanel } from '../../src/protocol/messages';
import { RunFollower } from '../../src/runs/follower';
import type { LongRun } from './longRun';
import { encodeMessage } from './messageBytes';

/** Resolution of the clock that watches the event loop, milliseconds. */
const TICK = 1;

/** What the extension host sends to the panel of a run, and how long it keeps others waiting for it. */
export interface HostFeed {
  /** Milliseconds since the panel was opened, and the message as it crosses to the page. */
  readonly messages: readonly { readonly time: number; readonly bytes: Uint8Array }[];
  /** The longest time that the event loop stood still, milliseconds. */
  readonly longestTurn: number;
}

/** Opens a run as the extension host does: tails its journal and sends it, until the page has `points` of it. */
export async function feedFromHost(run: LongRun, points: number): Promise<HostFeed> {
  const messages: { time: number; bytes: Uint8Array }[] = [];
  const turns = monitorEventLoopDelay({ resolution: TICK });
  const owner = { onSummary: () => undefined, onGone: () => undefined };
  const tail = new RunTail(run.folder, run.spec, await new RunFollower(run.folder).summary(), owner);
  turns.enable();
  try {
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      let sent = 0;
      const store = { view: (_folder: string, viewer: Parameters<RunTail['view']>[0]) => tail.view(viewer) };
      const feed = new RunFeed(run.folder, store, MESSAGE_INTERVAL, (message) => {
        messages.push({ time: performance.now() - start, bytes: encodeMessage(message) });
        sent += pointsIn(message);
        if (sent >= points) setImmediate(resolve);
        if (message.type === 'gone') reject(new Error('The run went away.'));
      });
      feed.begin();
    });
    return { messages, longestTurn: turns.max / 1e6 - TICK };
  } finally {
    turns.disable();
    tail.dispose();
  }
}

function pointsIn(message: ToRunPanel): number {
  if (message.type === 'gone') return 0;
  const { series } = message.type === 'snapshot' ? message.run : message;
  return series.reduce((sum, { values }) => sum + values.length, 0);
}
