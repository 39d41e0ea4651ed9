import type { BenchContext, BenchRow } from '../bench';
import { tensorflowJs } from './contestants';
import { disturbanceNote, joinNotes, lossNote, ratioNote, refusalNote, targetOf } from './notes';
import { race, withProblem } from './race';

const MOMENTUM = 'momentum';
const FIXED = 'NAG-GS, γ fixed';
const UPDATED = 'NAG-GS, γ updated';
/** Part of the time of momentum that a step may take. */
const TARGET = 1.05;

/** A step of NAG-GS beside one of momentum, both compiled, where the optimizer has much to move and the rest is short. */
export async function* nagGsRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const of = 'MLP 784-256-10, batch 256';
  context.progress(`nag-gs: ${of}, beside momentum`);
  const { ready, verdicts } = await withProblem('mlp', (file) =>
    race(
      new Map([
        [MOMENTUM, tensorflowJs('mlpMomentum', 'step', 'fused', file)],
        [FIXED, tensorflowJs('mlpNagGs', 'step', 'fused', file)],
        [UPDATED, tensorflowJs('mlpNagGsUpdated', 'step', 'fused', file)],
      ]),
      context,
    ),
  );
  const momentum = verdicts.get(MOMENTUM)!;
  for (const [id, name] of [
    ['fixed', FIXED],
    ['updated', UPDATED],
  ] as const) {
    const ours = verdicts.get(name)!;
    yield {
      id: `train.nag-gs.${id}`,
      what: `nag-gs: ${of}, ${name}`,
      unit: 'ms a step',
      ours: ours.pace,
      peers: { [MOMENTUM]: momentum.pace },
      ...targetOf(momentum, TARGET),
      note: joinNotes(
        ratioNote(ours, momentum, 'momentum’s', TARGET),
        lossNote(ready, 'step', 'each optimizer goes its own way'),
        refusalNote(ready),
        disturbanceNote(verdicts),
      ),
    };
  }
}
