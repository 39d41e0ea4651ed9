import type { InstrumentCost } from '../../src/protocol/instruments';
import type { BenchContext, BenchRow, RowSource } from '../bench';
import { scaled } from '../measure';
import { joinNotes } from './notes';
import { RUN_STEPS } from './run/runExperiment';
import { isClean, DISTURBED, repeatRuns } from './run/runsByTurns';
import { costBeside, type Repeats } from './run/wholeRun';

/**
 * What a preset of instruments costs in a run of the product's own loop, from its first step: compilation, tests and
 * checkpoints are in it.
 * @param target part of the time of a run without instruments that it may take, in percent
 */
export function instrumentsRow(preset: 'economy' | 'standard' | 'full', target: number): RowSource {
  return async function* (context: BenchContext): AsyncGenerator<BenchRow> {
    const of = `${RUN_STEPS} steps of the CNN of examples/mnist-cnn.ts on synthetic images`;
    context.progress(`instruments-${preset}: ${of}`);
    const runs = await repeatRuns(
      context,
      new Map(
        (['off', preset] as const).map((instruments) => [instruments, { instruments, images: 'plain' }]),
      ),
    );
    const [without, run] = [runs.get('off')!, runs.get(preset)!];
    const note = joinNotes(costsNote(run), isClean(without, run) ? undefined : DISTURBED);
    yield {
      id: `train.instruments.${preset}`,
      what: `instruments: preset ${preset} in ${of}, beside a run without`,
      unit: '% of the time',
      ours: scaled(costBeside(run, without), 100),
      peers: {},
      target,
      ...(note !== '' && { note }),
    };
  };
}

/** What the last run told of each instrument after its last epoch but one. */
function costsNote(run: Repeats): string | undefined {
  const costs = run.findLast((times) => times.at(-1)!.costs !== undefined)?.at(-1)!.costs;
  return costs && `as one run tells: ${costs.map(describeCost).join(', ')}`;
}

/** Not as a share: the run's own share counts the time in which the other had its turn. */
function describeCost({ instrument, readings, seconds }: InstrumentCost): string {
  const milliseconds = (1000 * seconds).toFixed(0);
  return `${instrument} ${milliseconds} ms (${readings} ${readings === 1 ? 'reading' : 'readings'})`;
}
