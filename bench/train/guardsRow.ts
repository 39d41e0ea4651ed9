import type { BenchContext, BenchRow } from '../bench';
import type { GuardDurations } from '../../src/compile/guard/guardTimes';
import { summarize } from '../measure';
import { FIRST_STEPS } from './contestant/protocol';
import { start, tensorflowJs } from './contestants';
import { guardCost, totalOf } from './guardCost';
import type { NetworkName } from './networks/networks';
import { joinNotes } from './notes';
import { withProblem } from './race';
import { thisMachine } from './segments/thisMachine';

const STEPS = 2000;
/** Part of the time of the steps that guards may take, in percent. */
const TARGET = 3;
/** Cores that others may use in a run that counts. */
const OTHERS = 0.08;
/** Milliseconds that the bench waits for a quiet machine before each run. */
const PATIENCE = 5000;

/** The smaller one first. */
const NETWORKS: readonly (readonly [NetworkName, string])[] = [
  ['mlp', 'MLP 784-256-10, batch 256'],
  ['cnn', 'CNN of two convolutions, batch 128'],
];

/** One run of the steps. */
interface Run {
  /** Percent of the time of as many compiled steps. */
  readonly cost: GuardDurations;
  readonly isClean: boolean;
}

/**
 * What it costs that a compiled step is guarded, at most: a step of the run that is recorded counts whole, though
 * without guards it would have taken the time of a compiled one.
 */
export async function* guardsRow(context: BenchContext): AsyncGenerator<BenchRow> {
  for (const [network, title] of context.quick ? NETWORKS.slice(0, 1) : NETWORKS) {
    const what = `guards: recordings, shadow check and audits in ${STEPS} steps of the ${title}`;
    context.progress(what);
    const runs = await withProblem(network, (file) => repeat(network, file, context));
    yield {
      id: `train.guards.${network}`,
      what,
      unit: '% of the time of the steps',
      ours: summarize(runs.map(({ cost }) => totalOf(cost))),
      peers: {},
      target: TARGET,
      note: joinNotes(describeParts(runs), busyMachine(runs)),
    };
  }
}

async function repeat(network: NetworkName, file: string, { quick, device }: BenchContext): Promise<Run[]> {
  const runs: Run[] = [];
  for (let k = 0; k < (quick ? 1 : 3); k++) {
    await thisMachine.quiet(quick ? 0 : PATIENCE);
    const contestant = await start(tensorflowJs(network, 'step', 'fused', file), device);
    try {
      const before = contestant.ready.guards;
      const [busy, begun] = [thisMachine.busy(), thisMachine.now()];
      const report = await contestant.run(STEPS - FIRST_STEPS);
      const seconds = (thisMachine.now() - begun) / 1000;
      const others = (thisMachine.busy() - busy - report.processor) / seconds;
      const after = report.guards;
      if (before === undefined || after === undefined) {
        throw new Error(`The ${network} was not compiled: ${contestant.ready.refusal ?? ''}`);
      }
      const { recordings, shadowCheck, audits } = guardCost({ ...report, before, after }, STEPS);
      runs.push({
        cost: { recordings: 100 * recordings, shadowCheck: 100 * shadowCheck, audits: 100 * audits },
        isClean: others <= OTHERS,
      });
    } finally {
      await contestant.close();
    }
  }
  return runs;
}

/** Recordings and the check come once, however long the run is; audits come again and again. */
function describeParts(runs: readonly Run[]): string {
  const percent = (part: keyof GuardDurations): string =>
    summarize(runs.map(({ cost }) => cost[part])).median.toPrecision(2);
  return (
    `once: recordings ${percent('recordings')} %, shadow check ` +
    `${percent('shadowCheck')} %; again and again: audits ${percent('audits')} %`
  );
}

function busyMachine(runs: readonly Run[]): string | undefined {
  return runs.every(({ isClean }) => isClean)
    ? undefined
    : 'the machine was busy: measure again on a quiet one';
}
