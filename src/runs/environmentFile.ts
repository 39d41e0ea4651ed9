import { readFile, rename, writeFile } from 'node:fs/promises';
import { ENGINE_IDS, ENGINE_NAMES } from '../protocol/engine';
import type { RunEnvironment } from '../protocol/run';
import { objectAt, optional, stringAt } from '../protocol/validate';
import { writeError } from './fileError';
import { runFiles } from './layout';

/** `undefined` before the worker started, and where the file cannot be read. */
export async function readEnvironment(folder: string): Promise<RunEnvironment | undefined> {
  try {
    return parseEnvironment(JSON.parse(await readFile(runFiles(folder).environment, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Replaces `environment.json` in one step. */
export async function writeEnvironment(folder: string, environment: RunEnvironment): Promise<void> {
  const file = runFiles(folder).environment;
  try {
    await writeFile(`${file}.new`, `${JSON.stringify(environment, null, 2)}\n`);
    await rename(`${file}.new`, file);
  } catch (error) {
    throw writeError(error, file);
  }
}

/** `TensorFlow 2.21.0 on CPU, 2 threads`. */
export function engineText({ engine }: RunEnvironment): string | undefined {
  if (!engine) return undefined;
  const id = ENGINE_IDS.find((known) => known === engine.id);
  return `${id === undefined ? engine.id : ENGINE_NAMES[id]} ${engine.version} on ${engine.device}`;
}

function parseEnvironment(value: unknown): RunEnvironment {
  const environment = objectAt(value, 'environment');
  const engine = optional(environment['engine'], (v) => objectAt(v, 'environment.engine'));
  return {
    host: stringAt(environment['host'], 'environment.host'),
    platform: stringAt(environment['platform'], 'environment.platform'),
    node: stringAt(environment['node'], 'environment.node'),
    weightroom: stringAt(environment['weightroom'], 'environment.weightroom'),
    ...(engine && {
      engine: {
        id: stringAt(engine['id'], 'environment.engine.id'),
        device: stringAt(engine['device'], 'environment.engine.device'),
        version: stringAt(engine['version'], 'environment.engine.version'),
      },
    }),
  };
}
