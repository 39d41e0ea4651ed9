import { describe, expect, it } from 'vitest';
import { nestTrials } from '../../../src/host/views/runNesting';
import type { JobSpec } from '../../../src/protocol/jobSpec';

const train = (sweep?: string): JobSpec => ({
  job: 'train',
  experiment: 'a.ts',
  engine: 'best',
  overrides: {},
  ...(sweep !== undefined && { sweep }),
});
const run = (folder: string, sweep?: string) => ({ folder, spec: train(sweep) });

describe('nestTrials', () => {
  it('puts trials under their sweep, in order, and leaves the rest where it is', () => {
    const runs = [run('/r/t2', 's'), run('/r/alone'), run('/r/t1', 's'), run('/r/s')];
    const { top, trials } = nestTrials(runs);
    expect(top.map(({ folder }) => folder)).toEqual(['/r/alone', '/r/s']);
    expect([...trials].map(([sweep, of]) => [sweep, of.map(({ folder }) => folder)])).toEqual([
      ['/r/s', ['/r/t2', '/r/t1']],
    ]);
  });

  it('keeps a trial in sight whose sweep is deleted, filtered out, or of another folder', () => {
    const runs = [run('/r/t1', 's'), run('/other/s')];
    expect(nestTrials(runs)).toEqual({ top: runs, trials: new Map() });
  });
});
