import type { BenchContext, BenchRow } from '../bench';
import { tensorflowJs } from './contestants';
import { disturbanceNote, joinNotes, lossNote, ratioNote, refusalNote, targetOf } from './notes';
import { race, withProblem } from './race';

const OURS = 'compiled';
const STOCK = 'stock model.fit';
/** Part of the stock time that is to be reached. */
const TARGET = 0.5;

/** `model.fit` of a layers model with its accuracy, as it is and after `compileModel`. */
export async function* fitRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const what = 'fit-cnn: model.fit of the CNN with accuracy, batch 128, compiled by compileModel';
  context.progress(what);
  const { ready, verdicts } = await withProblem('cnn', (file) =>
    race(
      new Map([
        [OURS, tensorflowJs('cnn', 'fit', 'fused', file)],
        [STOCK, tensorflowJs('cnn', 'fit', 'off', file)],
      ]),
      context,
    ),
  );
  const [ours, stock] = [verdicts.get(OURS)!, verdicts.get(STOCK)!];
  yield {
    id: 'train.fit-cnn',
    what,
    unit: 'ms a step',
    ours: ours.pace,
    peers: { [STOCK]: stock.pace },
    ...targetOf(stock, TARGET),
    note: joinNotes(
      ratioNote(ours, stock, 'the stock', TARGET),
      lossNote(ready, 'epoch'),
      refusalNote(ready),
      disturbanceNote(verdicts),
    ),
  };
}
