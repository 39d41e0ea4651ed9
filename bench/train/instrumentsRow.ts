import path from 'node:path';
import { distFolder } from '../../src/engine/distFolder';
import type { InstrumentPreset } from '../../src/protocol/instruments';
import type { BenchContext, BenchRow, Device } from '../bench';
import { scaled, summarize } from '../measure';
import { start, type Command, type Contestant } from './contestants';
import { joinNotes } from './notes';
import type { StretchReport } from './run/protocol';
import { EPOCH_STEPS, RUN_STEPS } from './run/runExperiment';
import { costBeside, wholeRun, type Repeats, type Stretch } from './run/wholeRun';
import { thisMachine } from './segments/thisMachine';

const PRESETS = ['off', 'economy', 'standard', 'full'] as const;
/** Parts of the time of a run without instruments, in percent. */
const TARGETS = { economy: 2, standard: 10, full: 50 };
/** Part of the time between two tests in which TensorFlow is to work, in percent. */
const BUSY = 95;
/** Steps that one preset trains before the next has its turn. */
const STRETCH = 20;
/** Milliseconds that the bench waits for a quiet machine before each stretch. */
const PATIENCE = 300;

/**
 * What instruments cost in a run of the product's own loop, from its first step: compilation, tests and checkpoints are
 * in it. Every preset trains in a process of its own, all by turns; and the part of the time in which TensorFlow works.
 */
export async function* instrumentsRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const of = `${RUN_STEPS} steps of the CNN of examples/mnist-cnn.ts on synthetic images`;
  context.progress(`instruments: ${of}`);
  const runs = new Map<InstrumentPreset, Stretch[][]>(PRESETS.map((preset) => [preset, []]));
  for (let k = 0; k < (context.quick ? 1 : 5); k++) {
    const once = await runByTurns(context.device);
    for (const [preset, stretches] of once) {
      const repeats = runs.get(preset)!;
      stretches.forEach((stretch, i) => (repeats[i] ??= []).push(stretch));
    }
  }
  const without = runs.get('off')!;
  for (const preset of ['economy', 'standard', 'full'] as const) {
    yield {
      id: `train.instruments.${preset}`,
      what: `instruments: preset ${preset} in ${of}, beside a run without`,
      unit: '% of the time',
      ours: scaled(costBeside(runs.get(preset)!, without), 100),
      peers: {},
      target: TARGETS[preset],
      ...busyMachine(runs.get(preset)!, without),
    };
  }
  yield engineRow(of, without);
}

/** Whether TensorFlow waits for batches, journals or anything else. */
function engineRow(of: string, repeats: Repeats): BenchRow {
  // The first stretch of an epoch tests and keeps what the one before left; the very first compiles.
  const rest = repeats.filter((_, i) => (i * STRETCH) % EPOCH_STEPS > 0);
  const { engine, milliseconds } = wholeRun(rest);
  const singly = rest[0]!.map((_, k) => {
    const run = wholeRun(rest.map((times) => [times[k]!]));
    return (100 * run.engine) / run.milliseconds;
  });
  const { min, max } = summarize(singly);
  return {
    id: 'train.engine-busy',
    what: `engine-busy: part of the time in which TensorFlow works, between two tests in ${of}`,
    unit: '%',
    ours: { median: (100 * engine) / milliseconds, min, max },
    peers: {},
    target: BUSY,
    ...busyMachine(repeats),
  };
}

function busyMachine(...runs: readonly Repeats[]): { readonly note?: string } {
  if (runs.every((repeats) => wholeRun(repeats).isClean)) return {};
  return { note: joinNotes('the machine was busy: some stretches are those that were disturbed least') };
}

/** One run of each preset, stretch by stretch. */
async function runByTurns(device: Device): Promise<Map<InstrumentPreset, Stretch[]>> {
  const contestants = new Map<InstrumentPreset, Contestant>();
  const stretches = new Map<InstrumentPreset, Stretch[]>(PRESETS.map((preset) => [preset, []]));
  try {
    for (const preset of PRESETS) contestants.set(preset, await start(commandOf(preset), device));
    for (let step = 0; step < RUN_STEPS; step += STRETCH) {
      for (const [preset, contestant] of contestants) {
        await thisMachine.quiet(PATIENCE);
        stretches.get(preset)!.push(await runStretch(contestant));
      }
    }
    return stretches;
  } finally {
    await Promise.all([...contestants.values()].map((contestant) => contestant.close()));
  }
}

async function runStretch(contestant: Contestant): Promise<Stretch> {
  const [busy, begun] = [thisMachine.busy(), thisMachine.now()];
  const { milliseconds, engine, processor } = (await contestant.run(STRETCH)) as StretchReport;
  const seconds = (thisMachine.now() - begun) / 1000;
  const others = Math.max(0, thisMachine.busy() - busy - processor) / seconds;
  return { milliseconds, engine, others };
}

function commandOf(preset: InstrumentPreset): Command {
  const script = path.join(distFolder(), 'bench', 'trainRun.js');
  return { program: process.execPath, arguments: [script, preset] };
}
