import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Throttle } from '../../../src/host/throttle';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Throttle', () => {
  it('acts at once, then at most once an interval, and misses no request', () => {
    const times: number[] = [];
    const start = performance.now();
    const throttle = new Throttle(100, () => times.push(Math.round(performance.now() - start)));
    for (let time = 0; time < 1000; time += 10) {
      throttle.request();
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1000);
    expect(times).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  it('acts once for requests that come together', () => {
    const act = vi.fn();
    const throttle = new Throttle(100, act);
    throttle.request();
    throttle.request();
    throttle.request();
    vi.advanceTimersByTime(1000);
    expect(act).toHaveBeenCalledTimes(2);
  });

  it('drops what waits when it is disposed', () => {
    const act = vi.fn();
    const throttle = new Throttle(100, act);
    throttle.request();
    throttle.request();
    throttle.dispose();
    vi.advanceTimersByTime(1000);
    expect(act).toHaveBeenCalledTimes(1);
  });
});
