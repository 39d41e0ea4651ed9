import type { QuantizeSummary, RunEventBody, TrainSummary } from '../protocol/events';
import type { JobSpec } from '../protocol/jobSpec';
import type { StudySummary } from '../protocol/study';
import type { JobContext } from './job';
import { quantizeJob } from './quantize';
import { studyJob } from './study';
import { trainJob } from './train';

/** A job that has its spec: what it is called, and its events. */
export interface BoundJob {
  readonly name: string;
  run(context: JobContext): AsyncGenerator<RunEventBody, QuantizeSummary | TrainSummary | StudySummary>;
}

/** The job that a spec asks for. */
export function bindJob(spec: JobSpec): BoundJob {
  switch (spec.job) {
    case 'quantize':
      return { name: quantizeJob.name(spec), run: (context) => quantizeJob.run(spec, context) };
    case 'train':
      return { name: trainJob.name(spec), run: (context) => trainJob.run(spec, context) };
    case 'study':
      return { name: studyJob.name(spec), run: (context) => studyJob.run(spec, context) };
  }
}
