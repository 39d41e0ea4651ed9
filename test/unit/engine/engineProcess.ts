import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { EngineId } from '../../../src/protocol/engine';

const run = promisify(execFile);

/**
 * Runs a program of `programs/` with an engine's name as its argument, in a process of its own, since a
 * process computes on one engine. Returns what it printed: JSON on standard output.
 */
export async function runOnEngine(
  program: string,
  engine: EngineId | 'best',
): Promise<{ readonly result: unknown; readonly stderr: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'weightroom-engine-'));
  try {
    const outfile = path.join(folder, 'program.js');
    const entry = path.join(import.meta.dirname, 'programs', `${program}.ts`);
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs' });
    const { stdout, stderr } = await run(process.execPath, [outfile, engine], { maxBuffer: 1 << 28 });
    return { result: JSON.parse(stdout) as unknown, stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
