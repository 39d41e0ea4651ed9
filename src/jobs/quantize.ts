import path from 'node:path';
import { threadPool } from '../quantize/kernels/threadPool';
import { openAnyModel } from '../quantize/native/open';
import { quantizeModel } from '../quantize/quantizeModel';
import type { QuantizeSummary } from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import type { Job } from './job';

/** Quantizes a model file. The output goes where the spec says, which is rarely the run's own folder. */
export const quantizeJob: Job<QuantizeSpec, QuantizeSummary> = {
  kind: 'quantize',

  name({ input, method, bits }) {
    return `${path.basename(input)} → ${method}, ${bits} bits`;
  },

  async *run(spec, { signal }) {
    const model = await openAnyModel(spec.input);
    const pool = threadPool(spec.threads);
    try {
      return yield* quantizeModel(model, spec, { signal, pool });
    } finally {
      await pool.dispose();
      await model.close();
    }
  },
};
