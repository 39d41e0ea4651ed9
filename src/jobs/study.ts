import type { StudySpec, StudySummary } from '../protocol/study';
import { threadPool } from '../quantize/kernels/threadPool';
import { findStudy } from '../studies/registry';
import { runStudy } from '../studies/run';
import type { Job } from './job';

/** Reproduces published figures. */
export const studyJob: Job<StudySpec, StudySummary> = {
  kind: 'study',
  name: ({ study, quick }) => (quick ? `${study}, quick` : study),

  async *run({ study, quick, seed, threads, engine }, { signal, outputs, ...context }) {
    const pool = threadPool(threads);
    try {
      const rows = yield* runStudy(findStudy(study), {
        quick,
        seed,
        pool,
        signal,
        outputs,
        engine: () => context.engine(engine ?? 'best', threads),
      });
      return { job: 'study', study, rows };
    } finally {
      await pool.dispose();
    }
  },
};
