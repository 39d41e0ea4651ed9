/** Jobs that behave as a spec tells them to, well or badly, for the tests of the worker. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobContext } from '../../../src/jobs/job';
import type { BoundJob } from '../../../src/jobs/registry';
import type { RunEventBody, TrainSummary } from '../../../src/protocol/events';
import type { JobSpec } from '../../../src/protocol/jobSpec';
import { UserError } from '../../../src/protocol/userError';

/** Behaves as `overrides.script` says. */
export function bindScriptedJob(spec: JobSpec): BoundJob {
  const script = spec.job === 'train' ? String(spec.overrides['script']) : 'quantize';
  return { name: `scripted ${script}`, run: (context) => play(script, context) };
}

async function* play(script: string, context: JobContext): AsyncGenerator<RunEventBody, TrainSummary> {
  console.log(`playing ${script}`);
  const steps = script === 'brief' ? 5 : 1_000_000;
  let step = 0;
  try {
    switch (script) {
      case 'mistake':
        throw new UserError('batch-too-big', 'The batch is too big.', 'Make it smaller.');
      case 'bug':
        throw new TypeError('undefined is not a tensor');
      case 'crash':
        setTimeout(() => {
          throw new Error('thrown where nobody catches');
        });
        break;
      case 'rejection':
        void Promise.reject(new Error('rejected where nobody catches'));
        break;
      case 'spin':
        yield metrics(0);
        for (;;) step++;
      case 'deaf':
        yield metrics(0);
        await new Promise((resolve) => setTimeout(resolve, 600_000));
        break;
      case 'talkative':
        for (let done = 0; done <= 50_000; done++) yield progress(done, 50_000);
        return summary(50_000);
    }
    for (; step < steps; step++) {
      yield metrics(step);
      yield progress(step, steps);
      await new Promise((resolve) => setTimeout(resolve, 20));
      context.signal.throwIfAborted();
    }
    return summary(steps);
  } finally {
    writeFileSync(path.join(context.outputs, 'cleaned.txt'), 'yes');
  }
}

function metrics(step: number): RunEventBody {
  return { type: 'metrics', step, epoch: step / 100, values: { trainLoss: 1 / (step + 1) } };
}

function progress(done: number, total: number): RunEventBody {
  return { type: 'progress', done, total, unit: 'steps', what: 'playing' };
}

function summary(steps: number): TrainSummary {
  return { job: 'train', engine: 'none', steps, final: { trainLoss: 1 / steps }, best: {} };
}
