import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BenchContext } from '../bench';
import type { Ready } from './contestant/protocol';
import { start, type Command, type Contestant } from './contestants';
import { NETWORKS, type NetworkName } from './networks/networks';
import { writeProblem } from './problem';
import { alternate, type Pacing } from './segments/alternate';
import type { Verdict } from './segments/segment';
import { thisMachine } from './segments/thisMachine';

const FULL: Pacing = { enough: 11, segment: 300, longest: 60_000 };
const QUICK: Pacing = { enough: 3, segment: 100, longest: 3000 };

/** What a race showed of each contestant, by name. */
export interface Outcome<Name extends string> {
  readonly ready: ReadonlyMap<Name, Ready>;
  readonly verdicts: ReadonlyMap<Name, Verdict>;
}

/** Calls `body` with the file of a network's problem, which is gone afterwards. */
export async function withProblem<T>(network: NetworkName, body: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'weightroom-bench-'));
  try {
    const file = path.join(folder, 'problem.safetensors');
    await writeProblem(file, NETWORKS[network]);
    return await body(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts contestants, each in a process of its own, and lets them train by turns. */
export async function race<Name extends string>(
  commands: ReadonlyMap<Name, Command>,
  { quick, device }: BenchContext,
): Promise<Outcome<Name>> {
  const contestants = new Map<Name, Contestant>();
  try {
    for (const [name, command] of commands) contestants.set(name, await start(command, device));
    const verdicts = await alternate(contestants, thisMachine, quick ? QUICK : FULL);
    return { ready: new Map([...contestants].map(([name, { ready }]) => [name, ready])), verdicts };
  } finally {
    await Promise.all([...contestants.values()].map((contestant) => contestant.close()));
  }
}
