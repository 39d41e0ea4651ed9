import path from 'node:path';
import { compareMethods } from '../quantize/compareMethods';
import type { KernelPool } from '../quantize/kernels/pool';
import { threadPool } from '../quantize/kernels/threadPool';
import { openAnyModel } from '../quantize/native/open';
import { quantizeModel } from '../quantize/quantizeModel';
import type { Model } from '../modelfile/model';
import type { QuantizeSummary, RunEventBody } from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { calibrate } from './calibration';
import type { Job, JobContext } from './job';
import { measureQuality } from './quality';

const STOPPED_LATE =
  'The run was stopped when its files were written already. They are whole; what was still to be measured is not.';

/** Quantizes a model file. The output goes where the spec says, which is rarely the run's own folder. */
export const quantizeJob: Job<QuantizeSpec, QuantizeSummary> = {
  kind: 'quantize',
  resultComesFirst: true,

  name({ input, method, bits, size }) {
    const target = size === undefined ? `${bits} bits` : `${size} bytes`;
    return `${path.basename(input)} → ${method}, ${target}`;
  },

  async *run(spec, context) {
    const { signal } = context;
    const model = await openAnyModel(spec.input);
    const pool = threadPool(spec.threads);
    try {
      const calibration = yield* calibrate(spec, model, pool, context);
      try {
        const summary = yield* quantizeModel(model, spec, {
          signal,
          pool,
          ...(calibration && { calibration }),
        });
        const unfinished = yield* measureResult(spec, model, summary, { context, pool });
        if (unfinished.length === 0) return summary;
        yield { type: 'message', level: 'info', text: STOPPED_LATE };
        return { ...summary, unfinished };
      } finally {
        await calibration?.close();
      }
    } finally {
      await pool.dispose();
      await model.close();
    }
  },
};

/** What a report has beside the closing figures. Returns what a cancelled run has left out. */
async function* measureResult(
  spec: QuantizeSpec,
  model: Model,
  { output }: QuantizeSummary,
  { context, pool }: { readonly context: JobContext; readonly pool: KernelPool },
): AsyncGenerator<RunEventBody, NonNullable<QuantizeSummary['unfinished']>> {
  const { signal } = context;
  const quality = !spec.quality || (yield* measureQuality(spec, model, output.at(-1)!, context));
  const comparison = !spec.comparison || (yield* compareMethods(model, spec, { signal, pool }));
  return [...(quality ? [] : (['quality'] as const)), ...(comparison ? [] : (['comparison'] as const))];
}
