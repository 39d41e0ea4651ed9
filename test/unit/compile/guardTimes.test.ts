import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GuardTimes } from '../../../src/compile/guard/guardTimes';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

test('what happens inside a part counts once, for the innermost, and compiling for none', () => {
  const times = new GuardTimes();
  times.during('recordings', () => {
    pass(5);
    times.during('compiling', () => {
      pass(100);
      times.during('shadowCheck', () => pass(20));
      times.during('shadowCheck', () => pass(30));
      pass(200);
    });
    pass(3);
  });
  times.during('audits', () => pass(7));
  times.during('recordings', () => pass(1));
  expect(times.durations).toEqual({ recordings: 9, shadowCheck: 50, audits: 7 });
});

test('a part that throws has taken its time', () => {
  const times = new GuardTimes();
  const fail = () => {
    pass(4);
    throw new Error('something else is returned');
  };
  expect(() => times.during('recordings', () => times.during('shadowCheck', fail))).toThrow('something else');
  expect(times.during('audits', () => (pass(2), 'a value'))).toBe('a value');
  expect(times.durations).toEqual({ recordings: 0, shadowCheck: 4, audits: 2 });
});
