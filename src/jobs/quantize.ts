import path from 'node:path';
import { compareMethods } from '../quantize/compareMethods';
import { threadPool } from '../quantize/kernels/threadPool';
import { openAnyModel } from '../quantize/native/open';
import { quantizeModel } from '../quantize/quantizeModel';
import type { QuantizeSummary } from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { calibrate } from './calibration';
import type { Job } from './job';

const STOPPED_LATE =
  'The run was stopped while it compared methods. The files were written before, and are whole.';

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
        if (!spec.comparison || (yield* compareMethods(model, spec, { signal, pool }))) return summary;
        yield { type: 'message', level: 'info', text: STOPPED_LATE };
        return { ...summary, unfinished: ['comparison'] };
      } finally {
        await calibration?.close();
      }
    } finally {
      await pool.dispose();
      await model.close();
    }
  },
};
