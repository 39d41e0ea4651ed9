import type { Report } from '../contestant/protocol';
import { judge, undisturbed, type Segment, type Verdict } from './segment';

/** What runs in segments. */
export interface Runner {
  run(steps: number): Promise<Report>;
}

/** The machine as the bench sees it. */
export interface Machine {
  /** Seconds of processor time that all programs have used so far, over all cores. */
  busy(): number;
  /** Milliseconds, on a clock that only goes forward. */
  now(): number;
  /** Waits until nothing else runs, or so many milliseconds. */
  quiet(longest: number): Promise<void>;
}

export interface Pacing {
  /** Undisturbed segments of each contestant that are enough. */
  readonly enough: number;
  /** Milliseconds that a segment takes, about. */
  readonly segment: number;
  /** Milliseconds after which no further round begins. */
  readonly longest: number;
}

/**
 * Lets contestants run by turns, a segment each, until every one has enough undisturbed segments or the time
 * is over: what changes on the machine while it is measured meets all of them.
 */
export async function alternate<Name extends string>(
  contestants: ReadonlyMap<Name, Runner>,
  machine: Machine,
  { enough, segment, longest }: Pacing,
): Promise<Map<Name, Verdict>> {
  const runs = new Map<Name, { readonly runner: Runner; readonly steps: number; segments: Segment[] }>();
  for (const [name, runner] of contestants) {
    const { steps, milliseconds } = await runner.run(1);
    const fitting = Math.max(1, Math.round((segment * steps) / milliseconds));
    runs.set(name, { runner, steps: fitting, segments: [] });
  }
  const end = machine.now() + longest;
  const isEnough = () => [...runs.values()].every(({ segments }) => undisturbed(segments).length >= enough);
  const atLeast = () => [...runs.values()].every(({ segments }) => segments.length >= enough);
  while (!atLeast() || (!isEnough() && machine.now() < end)) {
    for (const { runner, steps, segments } of runs.values()) {
      await machine.quiet(machine.now() < end ? segment : 0);
      segments.push(await runSegment(runner, machine, steps));
    }
  }
  return new Map([...runs].map(([name, { segments }]) => [name, judge(segments, enough)]));
}

async function runSegment(runner: Runner, machine: Machine, wanted: number): Promise<Segment> {
  const [busy, start] = [machine.busy(), machine.now()];
  const { steps, milliseconds, processor } = await runner.run(wanted);
  const seconds = (machine.now() - start) / 1000;
  return {
    pace: milliseconds / steps,
    own: processor / seconds,
    others: Math.max(0, machine.busy() - busy - processor) / seconds,
  };
}
