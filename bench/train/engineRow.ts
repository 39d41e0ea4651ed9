import type { BenchContext, BenchRow } from '../bench';
import { summarize } from '../measure';
import { EPOCH_STEPS, RUN_IMAGES, RUN_STEPS, type RunImages } from './run/runExperiment';
import { DISTURBED, isClean, repeatRuns, STRETCH } from './run/runsByTurns';
import { wholeRun, type Repeats } from './run/wholeRun';

/** Part of the time between two tests in which TensorFlow is to work, in percent. */
const TARGET = 95;

const IMAGES: Readonly<Record<RunImages, string>> = {
  plain: '28 × 28 images',
  augmented: '32 × 32 colour images, cropped and mirrored',
};

/** Whether TensorFlow waits for batches, journals or anything else, in a run of the product's own loop. */
export async function* engineRow(context: BenchContext): AsyncGenerator<BenchRow> {
  const of = `${RUN_STEPS} steps of the CNN of examples/mnist-cnn.ts`;
  context.progress(`engine-busy: ${of}`);
  for (const images of RUN_IMAGES) {
    const runs = await repeatRuns(context, new Map([[images, { instruments: 'off', images }]]));
    const run = runs.get(images)!;
    yield {
      id: `train.engine-busy.${images}`,
      what: `engine-busy: part of the time in which TensorFlow works, between two tests in ${of} on ${IMAGES[images]}`,
      unit: '%',
      ours: busy(run),
      peers: {},
      target: TARGET,
      ...(!isClean(run) && { note: DISTURBED }),
    };
  }
}

function busy(repeats: Repeats): BenchRow['ours'] {
  // The first stretch of an epoch tests and keeps what the one before left; the very first compiles.
  const rest = repeats.filter((_, i) => (i * STRETCH) % EPOCH_STEPS > 0);
  const share = (some: Repeats): number => {
    const { engine, milliseconds } = wholeRun(some);
    return (100 * engine) / milliseconds;
  };
  const singly = rest[0]!.map((_, k) => share(rest.map((times) => [times[k]!])));
  const { min, max } = summarize(singly);
  return { median: share(rest), min, max };
}
