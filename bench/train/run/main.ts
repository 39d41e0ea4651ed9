/** Trains by the product's own loop, a stretch of steps at a time: `main.js PRESET IMAGES`; see `contestant/protocol.ts`. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { inSharedMemory } from '../../../src/data/sharedMemory';
import { loadEngine } from '../../../src/engine/registry';
import type { RunEventBody } from '../../../src/protocol/events';
import type { InstrumentCost, InstrumentPreset } from '../../../src/protocol/instruments';
import { train } from '../../../src/train/loop';
import { watchEngine } from './engineClock';
import type { StretchReport } from './protocol';
import { runData, runExperiment, type RunImages } from './runExperiment';

async function main(preset: InstrumentPreset, images: RunImages): Promise<void> {
  const { tf } = await loadEngine('tensorflow');
  const clock = watchEngine(tf);
  const experiment = runExperiment(tf, preset, images);
  const data = inSharedMemory(runData(images));
  const outputs = await mkdtemp(path.join(os.tmpdir(), 'weightroom-bench-run-'));
  try {
    const { signal } = new AbortController();
    const events = train({ tf, experiment, data, outputs, signal });
    let done = 0;
    say({ losses: [] });
    for await (const line of createInterface({ input: process.stdin })) {
      const [used, start, busy] = [process.cpuUsage(), performance.now(), clock.busy];
      const { reached, costs } = await advance(events, done + Number(line));
      const milliseconds = performance.now() - start;
      const { user, system } = process.cpuUsage(used);
      const engine = clock.busy - busy;
      say({
        steps: reached - done,
        milliseconds,
        processor: (user + system) / 1e6,
        engine,
        ...(costs && { costs }),
      });
      done = reached;
    }
    await events.return(undefined as never);
  } finally {
    await rm(outputs, { recursive: true, force: true });
  }
}

/** Trains until progress is told of at least so many steps: then everything up to there is done and told. */
async function advance(
  events: AsyncIterator<RunEventBody, unknown>,
  wanted: number,
): Promise<{ readonly reached: number; readonly costs?: readonly InstrumentCost[] }> {
  let costs: readonly InstrumentCost[] | undefined;
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`The run ended before step ${wanted}.`);
    if (value.type === 'instrumentCost') costs = value.costs;
    if (value.type === 'progress' && value.done >= wanted) {
      return { reached: value.done, ...(costs && { costs }) };
    }
  }
}

function say(message: StretchReport | { readonly losses: readonly number[] }): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

void main(process.argv[2] as InstrumentPreset, process.argv[3] as RunImages);
