import path from 'node:path';
import { distFolder } from '../../../src/engine/distFolder';
import type { InstrumentPreset } from '../../../src/protocol/instruments';
import type { BenchContext, Device } from '../../bench';
import { start, type Contestant } from '../contestants';
import { thisMachine } from '../segments/thisMachine';
import type { StretchReport } from './protocol';
import { RUN_STEPS, type RunImages } from './runExperiment';
import { wholeRun, type Repeats, type Stretch } from './wholeRun';

/** Steps that one run trains before the next has its turn. */
export const STRETCH = 20;
/** Milliseconds that the bench waits for a quiet machine before each stretch. */
const PATIENCE = 300;

/** What is trained in one run. */
export interface RunKind {
  readonly instruments: InstrumentPreset;
  readonly images: RunImages;
}

/** Trains runs of each kind from beginning to end, several times, stretch by stretch in turn. */
export async function repeatRuns<Name extends string>(
  { quick, device }: BenchContext,
  kinds: ReadonlyMap<Name, RunKind>,
): Promise<ReadonlyMap<Name, Repeats>> {
  const runs = new Map<Name, Stretch[][]>([...kinds.keys()].map((name) => [name, []]));
  for (let k = 0; k < (quick ? 1 : 5); k++) {
    for (const [name, stretches] of await runByTurns(device, kinds)) {
      const repeats = runs.get(name)!;
      stretches.forEach((stretch, i) => (repeats[i] ??= []).push(stretch));
    }
  }
  return runs;
}

/** A note for rows of runs that something else disturbed. */
export const DISTURBED = 'the machine was busy: some stretches are those that were disturbed least';

export function isClean(...runs: readonly Repeats[]): boolean {
  return runs.every((repeats) => wholeRun(repeats).isClean);
}

/** One run of each kind. Every run is a process of its own. */
async function runByTurns<Name extends string>(
  device: Device,
  kinds: ReadonlyMap<Name, RunKind>,
): Promise<Map<Name, Stretch[]>> {
  const contestants = new Map<Name, Contestant>();
  const stretches = new Map<Name, Stretch[]>([...kinds.keys()].map((name) => [name, []]));
  const script = path.join(distFolder(), 'bench', 'trainRun.js');
  try {
    for (const [name, { instruments, images }] of kinds) {
      const command = { program: process.execPath, arguments: [script, instruments, images] };
      contestants.set(name, await start(command, device));
    }
    for (let step = 0; step < RUN_STEPS; step += STRETCH) {
      for (const [name, contestant] of contestants) {
        // A run that has no other beside it goes on without a pause, as a training does.
        if (step === 0 || kinds.size > 1) await thisMachine.quiet(PATIENCE);
        stretches.get(name)!.push(await runStretch(contestant));
      }
    }
    return stretches;
  } finally {
    await Promise.all([...contestants.values()].map((contestant) => contestant.close()));
  }
}

async function runStretch(contestant: Contestant): Promise<Stretch> {
  const [busy, begun] = [thisMachine.busy(), thisMachine.now()];
  const { milliseconds, engine, processor, costs } = (await contestant.run(STRETCH)) as StretchReport;
  const seconds = (thisMachine.now() - begun) / 1000;
  const others = Math.max(0, thisMachine.busy() - busy - processor) / seconds;
  return { milliseconds, engine, others, ...(costs && { costs }) };
}
