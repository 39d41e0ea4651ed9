import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { dist } from '../../../scripts/lib/paths.mjs';

/** Makes two finished runs from a terminal: a quantization, and a training of 200 steps. */
export async function makeFinishedRuns(workspace: string): Promise<void> {
  await commandLine(workspace, 'quantize', 'models/tiny-encoder.safetensors', '--method', 'kashin-greedy');
  await commandLine(workspace, 'run', 'mnist-mlp.ts', '--max-steps', '200');
}

/** Runs the command line in a workspace, as a terminal would, to its end. */
export async function commandLine(workspace: string, ...args: string[]): Promise<void> {
  const command = [path.join(dist, 'cli.js'), ...args, '--json'];
  await promisify(execFile)(process.execPath, command, { cwd: workspace });
}
