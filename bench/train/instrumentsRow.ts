import type { BenchContext, BenchRow } from '../bench';
import { scaled } from '../measure';
import { RUN_STEPS } from './run/runExperiment';
import { busyMachine, repeatRuns } from './run/runsByTurns';
import { costBeside } from './run/wholeRun';

const PRESETS = ['off', 'economy', 'standard', 'full'] as const;
/** Parts of the time of a run without instruments, in percent. */
const TARGETS = { economy: 2, standard: 10, full: 50 };

/**
 * What instruments cost in a run of the product's own loop, from its first step: compilation, tests and checkpoints are
 * in it.
 */
export async function* instrumentsRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const of = `${RUN_STEPS} steps of the CNN of examples/mnist-cnn.ts on synthetic images`;
  context.progress(`instruments: ${of}`);
  const runs = await repeatRuns(
    context,
    new Map(PRESETS.map((instruments) => [instruments, { instruments, images: 'plain' }])),
  );
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
}
