import type { TrainSpec } from '../../../src/protocol/jobSpec';
import type { RunSummary } from '../../../src/protocol/run';

/** A training that has just begun, for tests of what its journal makes of it. */
export const SPEC: TrainSpec = { job: 'train', experiment: '/e.ts', engine: 'cpu', overrides: {} };
export const SUMMARY: RunSummary = {
  id: 'run',
  job: 'train',
  name: 'run',
  state: 'running',
  started: 0,
  seconds: 0,
  last: {},
  folder: '/run',
};
