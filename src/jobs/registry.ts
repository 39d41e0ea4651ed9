import type { QuantizeSummary, RunEventBody, TrainSummary } from '../protocol/events';
import type { JobSpec } from '../protocol/jobSpec';
import type { StudySummary } from '../protocol/study';
import type { SweepSummary } from '../protocol/sweep';
import type { Job, JobContext } from './job';
import { quantizeJob } from './quantize';
import { studyJob } from './study';
import { sweepJob } from './sweep';
import { trainJob } from './train';

type JobSummary = QuantizeSummary | TrainSummary | StudySummary | SweepSummary;

/** A job that has its spec: what it is called, and its events. */
export interface BoundJob extends Pick<Job<JobSpec, unknown>, 'resultComesFirst'> {
  readonly name: string;
  run(context: JobContext): AsyncGenerator<RunEventBody, JobSummary>;
}

/** The job that a spec asks for. */
export function bindJob(spec: JobSpec): BoundJob {
  switch (spec.job) {
    case 'quantize':
      return bind(quantizeJob, spec);
    case 'train':
      return bind(trainJob, spec);
    case 'study':
      return bind(studyJob, spec);
    case 'sweep':
      return bind(sweepJob, spec);
  }
}

function bind<S extends JobSpec, Summary extends JobSummary>(job: Job<S, Summary>, spec: S): BoundJob {
  return {
    name: job.name(spec),
    run: (context) => job.run(spec, context),
    ...(job.resultComesFirst && { resultComesFirst: true }),
  };
}
