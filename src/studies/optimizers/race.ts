import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { RunEventBody } from '../../protocol/events';
import type { StudyRow } from '../../protocol/study';
import { withScratchFolder } from '../scratchFolder';
import { stage } from '../stage';
import type { StudyContext, StudyPart } from '../study';
import { CONTENDERS, type Contender } from './contenders';
import { trainOnce, type Trial } from './trainOnce';

/** What optimizers compete in. */
export interface Race extends Omit<Trial, 'seed'> {
  readonly what: string;
  readonly seeds: number;
  /** Values of each contender's grid that are tried; all where absent. */
  readonly steps?: number;
}

/** How one step of a grid did, over the seeds. */
interface Result {
  readonly step: number;
  /** Share of test examples that are wrong at the end of the schedule, one a seed; 1 where training diverged. */
  readonly errors: readonly number[];
}

/**
 * A race of momentum, AdamW and NAG-GS: every step of a contender's grid is trained with every seed, all with
 * the same schedule, and judged where the schedule ends. One part a contender.
 */
export function raceParts(race: Race): readonly StudyPart[] {
  return CONTENDERS.map((contender) => ({
    what: `${race.what}, ${contender.name}`,
    run: (context) =>
      withScratchFolder(context.outputs, (scratch) => tune(contender, race, scratch, context)),
  }));
}

async function* tune(
  contender: Contender,
  { what, seeds, steps = Infinity, overrides, ...trial }: Race,
  scratch: string,
  context: StudyContext,
): AsyncGenerator<RunEventBody> {
  const grid = contender.grid.slice(0, steps);
  const results: Result[] = [];
  for (const [i, step] of grid.entries()) {
    const errors: number[] = [];
    for (let k = 0; k < seeds; k++) {
      const folder = await mkdtemp(path.join(scratch, 'training-'));
      const done = i * seeds + k;
      const all = grid.length * seeds;
      const settings = { ...overrides, ...contender.settings(step) };
      const training = trainOnce({ ...trial, overrides: settings, seed: context.seed + k }, folder, context);
      const final = yield* stage(training, done / all, (done + 1) / all);
      errors.push(1 - (final?.['testAccuracy'] ?? 0));
    }
    results.push({ step, errors });
  }
  yield { type: 'figure', row: raceRow(what, contender, results) };
}

/** The best step of a grid, with what the others did: a best step at the grid's end might not be the best there is. */
function raceRow(what: string, { name, symbol }: Contender, results: readonly Result[]): StudyRow {
  const [best] = results.toSorted((a, b) => mean(a.errors) - mean(b.errors));
  const tried = results.map(({ step, errors }) => `${symbol} ${digits(step)}: ${percent(mean(errors))}`);
  const seeds = best!.errors.length;
  const spread = seeds > 1 ? ` ± ${percent(deviation(best!.errors))} over ${seeds} seeds` : '';
  return {
    what: `${what}, ${name} at its best step`,
    ours: 100 * mean(best!.errors),
    unit: '% of the test data wrong',
    note: `${symbol} ${digits(best!.step)}${spread}; tried ${tried.join(', ')}`,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample, without bias in its square. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
