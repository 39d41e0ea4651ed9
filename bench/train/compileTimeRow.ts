import type { BenchContext, BenchRow } from '../bench';
import { summarize } from '../measure';
import { start, tensorflowJs } from './contestants';
import { withProblem } from './race';
import { thisMachine } from './segments/thisMachine';

/** Milliseconds that the bench waits for a quiet machine before each start. */
const PATIENCE = 5000;

/**
 * How long one waits for the first compiled step of the transformer: two recorded steps, the graph made,
 * loaded and checked, and that step itself. A new process each time.
 */
export async function* compileTimeRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const what =
    'compile-time: transformer-lm, from the call of the first step to the end of the first compiled one';
  context.progress(what);
  const seconds = await withProblem('transformer', async (file) => {
    const measured: number[] = [];
    for (let k = 0; k < (context.quick ? 1 : 5); k++) {
      await thisMachine.quiet(context.quick ? 0 : PATIENCE);
      const contestant = await start(tensorflowJs('transformer', 'step', 'fused', file), context.device);
      await contestant.close();
      const { untilCompiled, refusal } = contestant.ready;
      if (untilCompiled === undefined) throw new Error(`The transformer was not compiled: ${refusal ?? ''}`);
      measured.push(untilCompiled / 1000);
    }
    return measured;
  });
  yield {
    id: 'train.compile-time',
    what,
    unit: 's',
    ours: summarize(seconds),
    peers: {},
    target: 1.5,
  };
}
