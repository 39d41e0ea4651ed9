import { appendFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { encodeEvent, type RunEvent } from '../../../src/protocol/events';
import type { RunEnvironment } from '../../../src/protocol/run';
import { createRun } from '../../../src/runs/create';
import { writeEnvironment } from '../../../src/runs/environmentFile';
import { runFiles } from '../../../src/runs/layout';
import { markProcess } from '../../../src/runs/process';
import { tailRun, type RunListener } from '../../../src/runs/tail';
import { temporaryWorkspace } from './workspace';

function metrics(step: number): RunEvent {
  return { time: step, type: 'metrics', step, epoch: 0, values: { trainLoss: 1 / step } };
}

async function newRun(): Promise<string> {
  const { workspace, spec } = await temporaryWorkspace();
  const folder = await createRun(workspace, spec);
  await writeFile(runFiles(folder).worker, JSON.stringify(await markProcess(process.pid)));
  return folder;
}

/** Follows a run until `finished`, and returns what the tail said. */
function followed(folder: string): Promise<{ events: RunEvent[]; states: string[] }> {
  return new Promise((resolve, reject) => {
    const events: RunEvent[] = [];
    const states: string[] = [];
    const tail = tailRun(folder, {
      onEvents: (batch) => events.push(...batch),
      onSummary: ({ state }) => {
        if (states.at(-1) !== state) states.push(state);
        if (state !== 'done') return;
        tail.dispose();
        resolve({ events, states });
      },
      onGone: () => reject(new Error('gone')),
    });
  });
}

describe('tailRun', () => {
  it('brings every event once and in order to each of several readers, torn lines or not', async () => {
    const folder = await newRun();
    const readers = [followed(folder), followed(folder)];
    const events: RunEvent[] = [
      { time: 1, type: 'started', name: 'tailed' },
      ...Array.from({ length: 300 }, (_, i) => metrics(i + 1)),
      { time: 400, type: 'finished', state: 'done', seconds: 1 },
    ];
    const text = events.map((event) => `${encodeEvent(event)}\n`).join('');
    for (let start = 0; start < text.length; start += 1531) {
      if (start === 7655) readers.push(followed(folder));
      await appendFile(runFiles(folder).journal, text.slice(start, start + 1531));
      await pause(5);
    }
    for (const reader of readers) {
      const seen = await reader;
      expect(seen.events).toEqual(events);
      expect(seen.states.at(-1)).toBe('done');
    }
  });

  it('tells of the environment, and again when an engine is in it', async () => {
    const folder = await newRun();
    const environment: RunEnvironment = { host: 'h', platform: 'p', node: 'n', weightroom: '0' };
    const engine = { id: 'cpu', device: 'CPU', version: '4' };
    const seen = await new Promise<RunEnvironment[]>((resolve) => {
      const environments: RunEnvironment[] = [];
      const tail = tailRun(folder, {
        onEvents: () => undefined,
        onEnvironment: (next) => {
          environments.push(next);
          if (!next.engine) void writeEnvironment(folder, { ...environment, engine });
          else {
            tail.dispose();
            resolve(environments);
          }
        },
      });
      void writeEnvironment(folder, environment);
    });
    expect(seen).toEqual([environment, { ...environment, engine }]);
  });

  it('says that the folder is gone, and says nothing after it was disposed', async () => {
    const folder = await newRun();
    const calls: string[] = [];
    const listener = (name: string, onGone?: () => void): RunListener => ({
      onEvents: () => calls.push(`${name} events`),
      onSummary: () => calls.push(`${name} summary`),
      onGone: () => {
        calls.push(`${name} gone`);
        onGone?.();
      },
    });
    tailRun(folder, listener('disposed')).dispose();
    await new Promise<void>((resolve) => {
      tailRun(folder, {
        ...listener('watching', resolve),
        onSummary: () => void rm(folder, { recursive: true }),
      });
    });
    expect(calls).toEqual(['watching gone']);
  });
});
