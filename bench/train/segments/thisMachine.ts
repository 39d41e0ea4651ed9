import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Machine } from './alternate';

/** Milliseconds in which it is seen whether anything runs, and processor seconds in them that are nothing. */
const LOOK = 60;
const IDLE = 0.01;

/** All of its cores. */
export const thisMachine: Machine = {
  busy,
  now: () => performance.now(),
  quiet: async (longest) => {
    const end = performance.now() + longest;
    while (performance.now() < end) {
      const before = busy();
      await setTimeout(LOOK);
      if (busy() - before <= IDLE) return;
    }
  },
};

function busy(): number {
  const milliseconds = cpus().reduce(
    (sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq,
    0,
  );
  return milliseconds / 1000;
}
