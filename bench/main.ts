import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { UserError } from '../src/protocol/userError';
import { DEVICES, type Bench, type BenchContext, type BenchRow, type Device, type RowSource } from './bench';
import { BENCHES } from './registry';
import { renderRow } from './render';

const SETUP = 'setup';

interface Arguments {
  readonly name: string;
  readonly quick: boolean;
  readonly json: boolean;
  readonly device: Device;
  /** The one part to measure. */
  readonly only?: string;
}

async function main(): Promise<void> {
  const { name, quick, json, device, only } = parseArguments(process.argv.slice(2));
  const context: BenchContext = { quick, device, progress: (text) => console.error(`  ${text}`) };
  if (name === SETUP) {
    for (const bench of BENCHES) await bench.setup?.(context);
    return;
  }
  const bench = BENCHES.find((candidate) => candidate.name === name);
  if (bench === undefined) throw wrongArguments(`There is no bench ${name}.`);
  const sources = chosenSources(bench, only);
  if (device === 'gpu') await requireGpu(bench);
  const rows = await measure(sources, context, (row) => {
    if (!json) console.log(`${renderRow(row)}\n`);
  });
  if (json)
    console.log(JSON.stringify({ bench: name, machine: describeMachine(), device, rows }, undefined, 2));
}

function chosenSources({ name, sources }: Bench, only: string | undefined): readonly RowSource[] {
  if (only === undefined) return Object.values(sources);
  const source = sources[only];
  if (source === undefined) {
    throw new UserError(
      'unknown-bench',
      `The bench ${name} has no part ${only}.`,
      `Use --only with one of: ${Object.keys(sources).join(', ')}.`,
    );
  }
  return [source];
}

async function requireGpu(bench: Bench): Promise<void> {
  if (bench.requireGpu !== undefined) {
    await bench.requireGpu();
    return;
  }
  const able = BENCHES.filter((candidate) => candidate.requireGpu !== undefined).map(({ name }) => name);
  throw new UserError(
    'no-gpu',
    `The bench ${bench.name} computes on the CPU alone.`,
    `Leave --device gpu out, or use it with one of: ${able.join(', ')}.`,
  );
}

async function measure(
  sources: readonly RowSource[],
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
  const { values, positionals } = readArguments(args);
  const { quick = false, json = false, device = 'cpu', only } = values;
  const [name, ...more] = positionals;
  if (name === undefined) throw wrongArguments('No bench was named.');
  if (more.length > 0) throw wrongArguments(`One bench at a time, not ${positionals.join(', ')}.`);
  if (!isDevice(device)) {
    throw new UserError(
      'unknown-device',
      `There is no device ${device}.`,
      `Use --device with one of: ${DEVICES.join(', ')}.`,
    );
  }
  return { name, quick, json, device, ...(only !== undefined && { only }) };
}

function isDevice(name: string): name is Device {
  return (DEVICES as readonly string[]).includes(name);
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        json: { type: 'boolean' },
        device: { type: 'string' },
        only: { type: 'string' },
      },
    });
  } catch (error) {
    throw wrongArguments(error instanceof Error ? error.message : String(error));
  }
}

function wrongArguments(what: string): UserError {
  const names = [...BENCHES.map(({ name, what }) => `${name} (${what})`), `${SETUP} (installs peers)`];
  return new UserError(
    'unknown-bench',
    what,
    `Use npm run bench -- NAME [--quick] [--json] [--device cpu|gpu] [--only PART] with one of: ${names.join('; ')}.`,
  );
}

function describeMachine(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? `${error.message} ${error.remedy}` : error);
  process.exitCode = error instanceof UserError ? 2 : 1;
});
