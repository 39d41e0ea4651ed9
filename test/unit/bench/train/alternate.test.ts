import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../bench/train/contestant/protocol';
import { alternate, type Machine, type Runner } from '../../../../bench/train/segments/alternate';

/** A machine of one core whose clock only contestants and waiting move. */
class Simulation implements Machine {
  readonly order: string[] = [];
  private clock = 0;
  private used = 0;

  /** @param othersAt cores that others use in the n-th segment of all */
  constructor(private readonly othersAt: (segment: number) => number) {}

  /** Takes `milliseconds` a step, and as much longer as others take of the core. */
  runner(name: string, milliseconds: number): Runner {
    return {
      run: (steps): Promise<Report> => {
        const others = this.othersAt(this.order.length);
        this.order.push(name);
        const processor = (steps * milliseconds) / 1000;
        const wall = (1000 * processor) / (1 - others);
        this.clock += wall;
        this.used += processor + (others * wall) / 1000;
        return Promise.resolve({ steps, milliseconds: wall, processor });
      },
    };
  }

  busy = (): number => this.used;
  now = (): number => this.clock;
  quiet = (longest: number): Promise<void> => {
    this.clock += longest / 10;
    return Promise.resolve();
  };
}

function race(simulation: Simulation, { longest = 1e6 } = {}) {
  const contestants = new Map([
    ['fast', simulation.runner('fast', 2)],
    ['slow', simulation.runner('slow', 50)],
  ] as const);
  return alternate(contestants, simulation, { enough: 4, segment: 100, longest });
}

describe('contestants by turns', () => {
  it('run a segment each until every one has enough', async () => {
    const simulation = new Simulation(() => 0);
    const verdicts = await race(simulation);
    expect(simulation.order).toEqual(Array.from({ length: 5 }, () => ['fast', 'slow']).flat());
    expect(verdicts.get('fast')!.pace.median).toBeCloseTo(2);
    expect(verdicts.get('slow')!.pace.median).toBeCloseTo(50);
  });

  it('run again for segments that others disturbed, which count nowhere', async () => {
    const simulation = new Simulation((segment) => (segment === 4 || segment === 7 ? 0.5 : 0));
    const verdicts = await race(simulation);
    expect(simulation.order).toHaveLength(12);
    for (const [name, milliseconds] of [
      ['fast', 2],
      ['slow', 50],
    ] as const) {
      const { pace, isClean, kept, rejected } = verdicts.get(name)!;
      expect({ isClean, kept, rejected }).toEqual({ isClean: true, kept: 4, rejected: 1 });
      expect(pace.max).toBeCloseTo(milliseconds);
    }
  });

  it('stop on a machine that is never quiet, and say so', async () => {
    const verdicts = await race(new Simulation(() => 0.5), { longest: 1000 });
    const { pace, isClean } = verdicts.get('slow')!;
    expect(isClean).toBe(false);
    expect(pace.median).toBeCloseTo(100);
  });

  it('have enough segments to show even where the time is over at once', async () => {
    const verdicts = await race(new Simulation(() => 0.5), { longest: 0 });
    for (const { kept } of verdicts.values()) expect(kept).toBe(4);
  });
});
