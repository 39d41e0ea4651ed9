// The TensorFlow engine, found or fetched by our own command line.
import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { dist } from './paths.mjs';

const cli = path.join(dist, 'cli.js');

/**
 * Makes the tensorflow engine usable. Where it cannot be had, one sentence says why, one what to do,
 * and the caller goes on with another engine.
 * @returns {Promise<boolean>} whether it is usable
 */
export async function installEngine() {
  if (await isUsable()) return true;
  const { status } = spawnSync(process.execPath, [cli, 'engines', 'install', 'tensorflow'], {
    stdio: 'inherit',
  });
  return status === 0 && (await isUsable());
}

async function isUsable() {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'engines', '--json']);
  return JSON.parse(stdout).some((engine) => engine.id === 'tensorflow' && engine.usable);
}
