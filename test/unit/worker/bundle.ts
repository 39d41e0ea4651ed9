import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assemblyPlugin } from '../../../scripts/lib/assembly.mjs';

export interface Bundle {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles one entry point beside this file as the build does for the processes of the product. */
export async function bundle(entry: string): Promise<Bundle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'weightroom-bundle-'));
  const file = path.join(folder, 'worker.js');
  await build({
    entryPoints: [path.join(import.meta.dirname, entry)],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    plugins: [assemblyPlugin],
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
