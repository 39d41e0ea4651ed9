import type { Model } from '../modelfile/model';
import type { MessageEvent, ProgressEvent, Quality, QualityEvent } from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { compareOutputs } from '../quantize/evaluation/compareOutputs';
import { reporting } from '../quantize/reporting';
import { testWeights } from '../train/testWeights';
import type { JobContext } from './job';

/**
 * Runs the model as it was and as it was written: on the test data of the experiment that trained it, or, where the
 * file itself says how to run it, to tell how alike their answers are. The result is there already, so whatever goes wrong here is told and no more. Returns whether it came to its end:
 * an aborted signal stops it.
 *
 * @param quantized the written file that is to be opened
 */
export async function* measureQuality(
  spec: QuantizeSpec,
  model: Model,
  quantized: string,
  context: JobContext,
): AsyncGenerator<ProgressEvent | QualityEvent | MessageEvent, boolean> {
  if (spec.experiment === undefined && model.format === 'safetensors') return true;
  const what =
    spec.experiment === undefined
      ? 'comparing its answers with the original’s'
      : 'testing it beside the original';
  yield { type: 'progress', done: 1, total: 1, unit: 'samples', what };
  try {
    const qualities = yield* reporting<ProgressEvent, readonly Quality[]>(
      context.signal,
      async (report, signal) => {
        const { tf } = await context.engine(spec.engine ?? 'best', spec.threads);
        if (spec.experiment !== undefined) {
          return (
            (await testWeights(tf, spec.experiment, { before: spec.input, after: quantized }, signal)) ?? []
          );
        }
        return compareOutputs(tf, model, quantized, {
          text: textOf(spec),
          seed: spec.seed,
          signal,
          onProgress: (done, total) => report({ type: 'progress', done, total, unit: 'samples', what }),
        });
      },
    );
    for (const quality of qualities) yield { type: 'quality', ...quality };
    return !context.signal.aborted;
  } catch (error) {
    if (context.signal.aborted) return false;
    const reason = error instanceof Error ? error.message : String(error);
    console.warn(`The answers of the model could not be compared: ${reason}`);
    const isAskedFor = spec.experiment !== undefined || textOf(spec) !== undefined;
    if (isAskedFor) yield { type: 'message', level: 'warning', text: NOT_COMPARED };
    return true;
  }
}

const NOT_COMPARED = 'The answers of the model could not be compared with the original’s: its log says why.';

/** The text that the model was calibrated with. */
function textOf({ calibration }: QuantizeSpec): string | undefined {
  const isText =
    !['random', 'none', undefined].includes(calibration) && !/\.safetensors$/i.test(calibration!);
  return isText ? calibration : undefined;
}
