import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { assemblyPlugin } from '../../../scripts/lib/assembly.mjs';

/**
 * Runs a TypeScript program, named relative to this folder, in a Node.js process of its own, so that its memory can be
 * limited and measured, and returns the JSON that it prints.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { folder, node = [] }: { readonly folder: string; readonly node?: readonly string[] },
): Promise<unknown> {
  const script = path.join(folder, `${path.basename(program)}.cjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, `${program}.ts`)],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    plugins: [assemblyPlugin],
  });
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...node, script, ...args], (error, stdout, stderr) => {
      if (error) reject(new Error(`${program}: ${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout) as unknown);
    });
  });
}
