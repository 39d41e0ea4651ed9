import { writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { RunTail, type RunViewing } from '../../../src/host/runTail';
import { encodeEvent, type RunEvent } from '../../../src/protocol/events';
import { createRun } from '../../../src/runs/create';
import { runFiles } from '../../../src/runs/layout';
import { SUMMARY } from '../runs/runningRun';
import { temporaryWorkspace } from '../runs/workspace';

const STEPS = 30_000;

/** A finished run whose journal is read in several pieces. */
async function longRun() {
  const { workspace, spec } = await temporaryWorkspace();
  const folder = await createRun(workspace, spec);
  const events: RunEvent[] = [
    { time: 0, type: 'started', name: 'long' },
    ...Array.from({ length: STEPS }, (_, step): RunEvent => {
      return { time: step, type: 'metrics', step, epoch: 0, values: { trainLoss: 1 / (1 + step) } };
    }),
    { time: STEPS, type: 'finished', state: 'done', seconds: 30 },
  ];
  await writeFile(runFiles(folder).journal, events.map((event) => `${encodeEvent(event)}\n`).join(''));
  return { folder, spec };
}

test('a long run is told of while it is read, with what was known of it before', async () => {
  const { folder, spec } = await longRun();
  const known = { ...SUMMARY, name: 'known before' };
  const tail = new RunTail(folder, spec, known, { onSummary: () => undefined, onGone: () => undefined });
  onTestFinished(() => tail.dispose());
  const seen: { readonly name: string; readonly points: number; readonly finished: boolean }[] = [];
  await new Promise<void>((resolve) => {
    const viewing: RunViewing = tail.view({
      onChange: () => {
        const { summary, series, finished } = viewing.snapshot();
        const points = series[0]?.values.length ?? 0;
        seen.push({ name: summary.name, points, finished: finished !== undefined });
        if (summary.state === 'done') resolve();
      },
      onGone: () => undefined,
    });
  });
  const first = seen[0]!;
  expect(first.name).toBe('known before');
  expect(first.points).toBeGreaterThan(0);
  expect(first.points).toBeLessThan(STEPS);
  expect(first.finished).toBe(false);
  expect(seen.at(-1)).toEqual({ name: 'long', points: STEPS, finished: true });
});
