import { describe, expect, it } from 'vitest';
import { nestTrials, withTrials } from '../../../src/host/views/runNesting';
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

describe('withTrials', () => {
  const { trials } = nestTrials([run('/r/t2', 's'), run('/r/t1', 's'), run('/r/s'), run('/r/alone')]);

  it('puts the trials of a sweep in its place, the oldest first', () => {
    expect(withTrials(['/r/alone', '/r/s'], trials)).toEqual(['/r/alone', '/r/t1', '/r/t2']);
  });

  it('takes a trial once that is chosen beside its sweep, and keeps a sweep without trials', () => {
    expect(withTrials(['/r/t2', '/r/s', '/r/empty'], trials)).toEqual(['/r/t2', '/r/t1', '/r/empty']);
  });
});
