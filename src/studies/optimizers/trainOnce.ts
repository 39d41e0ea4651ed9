import type { TrainSpec } from '../../protocol/jobSpec';
import type { RunEventBody } from '../../protocol/events';
import { UserError } from '../../protocol/userError';
import { train } from '../../train/loop';
import { loadNetwork, type NetworkSpec } from '../quality/network';
import type { StudyContext } from '../study';

/** One training of a study. */
export interface Trial extends Pick<NetworkSpec, 'experiment' | 'data'> {
  readonly overrides: TrainSpec['overrides'];
  readonly seed: number;
  readonly maxSteps?: number;
}

/**
 * Trains once and yields how far it is.
 * @param folder existing folder for its weights, without any yet
 * @returns the last values of its metrics; `undefined` where it diverged
 */
export async function* trainOnce(
  { experiment: file, data: images, overrides, seed, maxSteps }: Trial,
  folder: string,
  context: StudyContext,
): AsyncGenerator<RunEventBody, Readonly<Record<string, number>> | undefined> {
  const { signal } = context;
  const { tf } = await context.engine();
  const spec = { name: file, experiment: file, ...(images && { data: images }) };
  const { experiment, data } = await loadNetwork(tf, spec, { overrides }, seed);
  const request = {
    tf,
    experiment,
    data,
    outputs: folder,
    signal,
    ...(maxSteps !== undefined && { maxSteps }),
  };
  const training = train(request);
  try {
    for (;;) {
      const next = await training.next();
      if (next.done) return next.value.final;
      if (next.value.type === 'progress') yield next.value;
    }
  } catch (error) {
    if (error instanceof UserError && error.code === 'diverged') return undefined;
    throw error;
  } finally {
    signal.throwIfAborted();
  }
}
