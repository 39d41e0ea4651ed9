import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { dist } from '../../../scripts/lib/paths.mjs';

/** Makes two finished runs from a terminal: a quantization, and a training of 200 steps. */
export async function makeFinishedRuns(workspace: string): Promise<void> {
  const cli = (...args: string[]) =>
    promisify(execFile)(process.execPath, [path.join(dist, 'cli.js'), ...args, '--json'], { cwd: workspace });
  await cli('quantize', 'models/tiny-encoder.safetensors', '--method', 'kashin-greedy');
  await cli('run', 'mnist-mlp.ts', '--max-steps', '200');
}
