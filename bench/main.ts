import { availableParallelism, cpus } from 'node:os';
import { UserError } from '../src/protocol/userError';
import type { Bench, BenchContext, BenchRow } from './bench';
import { BENCHES } from './registry';
import { renderRow } from './render';

const SETUP = 'setup';

interface Arguments {
  readonly name: string;
  readonly quick: boolean;
  readonly json: boolean;
}

async function main(): Promise<void> {
  const { name, quick, json } = parseArguments(process.argv.slice(2));
  const context: BenchContext = { quick, progress: (text) => console.error(`  ${text}`) };
  if (name === SETUP) {
    for (const bench of BENCHES) await bench.setup?.(context);
    return;
  }
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench === undefined) throw unknownBench(name);
  const rows = await measure(bench, context, (row) => {
    if (!json) console.log(`${renderRow(row)}\n`);
  });
  if (json) console.log(JSON.stringify({ bench: name, machine: describeMachine(), rows }, undefined, 2));
}

async function measure(
  { sources }: Bench,
  context: BenchContext,
  onRow: (row: BenchRow) => void,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const source of sources) {
    for await (const row of source(context)) {
      const complete = withRatios(row);
      rows.push(complete);
      onRow(complete);
    }
  }
  return rows;
}

function withRatios(row: BenchRow): BenchRow {
  const peers = Object.entries(row.peers);
  if (peers.length === 0) return row;
  return {
    ...row,
    ratio: Object.fromEntries(peers.map(([name, peer]) => [name, row.ours.median / peer.median])),
  };
}

function parseArguments(args: readonly string[]): Arguments {
  const flags = args.filter((argument) => argument.startsWith('-'));
  const unknown = flags.find((flag) => flag !== '--quick' && flag !== '--json');
  const [name, ...more] = args.filter((argument) => !argument.startsWith('-'));
  if (unknown !== undefined || name === undefined || more.length > 0) throw unknownBench(unknown ?? more[0]);
  return { name, quick: flags.includes('--quick'), json: flags.includes('--json') };
}

function unknownBench(given: string | undefined): UserError {
  const names = [...BENCHES.map(({ name, what }) => `${name} (${what})`), `${SETUP} (installs peers)`];
  return new UserError(
    'unknown-bench',
    given === undefined ? 'No bench was named.' : `There is no bench or flag ${given}.`,
    `Use npm run bench -- NAME [--quick] [--json] with one of: ${names.join('; ')}.`,
  );
}

function describeMachine(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? `${error.message} ${error.remedy}` : error);
  process.exitCode = error instanceof UserError ? 2 : 1;
});
