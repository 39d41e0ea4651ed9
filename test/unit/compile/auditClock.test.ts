import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AuditClock } from '../../../src/compile/guard/auditClock';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

interface Course {
  /** Before which of the steps an audit came. */
  readonly audits: readonly number[];
  readonly audited: number;
  readonly compiled: number;
}

/** Steps of 2 ms and audits of so many. */
function course(steps: number, audit: (k: number) => number): Course {
  const clock = new AuditClock();
  const audits: number[] = [];
  let audited = 0;
  for (let i = 0; i < steps; i++) {
    if (clock.isDue) {
      const duration = audit(audits.length);
      clock.during(() => vi.advanceTimersByTime(duration));
      audits.push(i);
      audited += duration;
    }
    clock.addStep(2);
  }
  return { audits, audited, compiled: 2 * steps };
}

test('the first audit comes after one step, the others as a hundredth of the time allows', () => {
  // 10 ms more are allowed after 2000 ms, 3000 ms, …
  expect(course(2600, () => 10).audits).toEqual([1, 1000, 1500, 2000, 2500]);
});

test.each([1, 7, 40, 90])('audits of up to %d ms take no more than a hundredth of a long run', (most) => {
  const { audited, compiled, audits } = course(20_000, (k) => 1 + (k % most));
  expect(audited).toBeLessThanOrEqual(0.01 * compiled + most);
  expect(audited).toBeGreaterThan(0.01 * compiled - 2 * most);
  expect(audits.length).toBeGreaterThan(4);
});

test('an audit that throws was one, and has taken its time', () => {
  const clock = new AuditClock();
  clock.addStep(2);
  expect(clock.isDue).toBe(true);
  const fail = () => {
    vi.advanceTimersByTime(10);
    throw new Error('the step fails');
  };
  expect(() => clock.during(fail)).toThrow('the step fails');
  expect(clock.audits).toBe(1);
  clock.addStep(1996);
  expect(clock.isDue).toBe(false);
  clock.addStep(2);
  expect(clock.isDue).toBe(true);
});
