import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/protocol/events';
import { UserError } from '../../../src/protocol/userError';
import { runFiles } from '../../../src/runs/layout';
import { ProgressThrottle } from '../../../src/worker/progressThrottle';
import { RunWriter } from '../../../src/worker/runWriter';
import { temporaryFolder } from '../runs/workspace';

describe('RunWriter', () => {
  it('gives its reserve back to say the last word on a disk that is full', async () => {
    const folder = await temporaryFolder();
    const written: RunEvent[] = [];
    let full = false;
    const writer = new RunWriter(folder, {
      append(event) {
        // As a file system without space: a line fits once another file is gone.
        if (full && existsSync(runFiles(folder).reserve))
          throw new UserError('disk-full', 'Full.', 'Free some.');
        written.push(event);
      },
      close: () => undefined,
    });
    writer.append({ type: 'started', name: 'run' });
    full = true;
    expect(() => writer.append({ type: 'message', level: 'info', text: 'lost' })).toThrow('Full.');
    expect(writer.finish('failed', {})).toBe('failed');
    expect(writer.finish('done', {})).toBe('failed');
    expect(written.map((event) => event.type)).toEqual(['started', 'finished']);
  });
});

describe('ProgressThrottle', () => {
  it('admits one event in a tenth of a second, and remembers the last that it did not', () => {
    const throttle = new ProgressThrottle();
    const at = (time: number) =>
      ({ time, type: 'progress', done: time, total: 1000, unit: 'steps', what: '' }) as const;
    const admitted = Array.from({ length: 1000 }, (_, time) => at(time)).filter((event) =>
      throttle.admits(event),
    );
    expect(admitted.map((event) => event.time)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(throttle.pending).toMatchObject({ done: 999 });
    expect(throttle.admits(at(1000))).toBe(true);
    expect(throttle.pending).toBeUndefined();
  });
});
