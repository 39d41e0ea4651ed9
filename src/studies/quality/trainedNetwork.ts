import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inSharedMemory } from '../../data/sharedMemory';
import type { RunEventBody } from '../../protocol/events';
import { runFiles } from '../../runs/layout';
import { bundle } from '../../train/bundle';
import { train } from '../../train/loop';
import type { StudyContext } from '../study';
import { loadNetwork, type Network, type NetworkSize, type NetworkSpec } from './network';

export interface TrainedNetwork extends Network {
  /** Absolute path of its weights. */
  readonly weights: string;
  /** Everything that they depend on, as text. */
  readonly identity: string;
}

const WEIGHTS = 'model.safetensors';
/** Says what the weights beside it were trained with; written once they are there. */
const IDENTITY = 'network.json';

/**
 * Trains a network into the outputs of this run, or finds it among those of another run of the same
 * workspace, trained with the same code, data, settings, seed and engine.
 */
export async function* trainedNetwork(
  spec: NetworkSpec,
  size: NetworkSize,
  context: StudyContext,
): AsyncGenerator<RunEventBody, TrainedNetwork> {
  const { overrides, maxSteps } = size;
  const { id, tf } = await context.engine();
  const { outputs, seed, signal } = context;
  const base = spec.startsFrom && (yield* trainedNetwork(spec.startsFrom, size, context));
  const network = await loadNetwork(tf, spec, size, seed);
  const identity = JSON.stringify({
    code: hash((await bundle(network.file)).code),
    data: hash(network.data.train.x.values),
    overrides,
    maxSteps,
    seed,
    engine: id,
    startsFrom: base?.identity,
  });
  const known = await findNetwork(outputs, spec.name, identity);
  if (known !== undefined) {
    const text = `The network "${network.experiment.name}" is trained already: ${known}.`;
    yield { type: 'message', level: 'info', text };
    return { ...network, identity, weights: known };
  }
  const folder = path.join(outputs, spec.name);
  await mkdir(folder);
  const training = train({
    tf,
    experiment: network.experiment,
    data: inSharedMemory(network.data),
    outputs: folder,
    signal,
    ...(maxSteps !== undefined && { maxSteps }),
    ...(base !== undefined && { weights: base.weights }),
  });
  for await (const event of training) yield named(event, spec.name);
  signal.throwIfAborted();
  await writeFile(path.join(folder, IDENTITY), identity);
  return { ...network, identity, weights: path.join(folder, WEIGHTS) };
}

/** Looks into the outputs of all runs of the workspace; this run's own come first. */
async function findNetwork(outputs: string, name: string, identity: string): Promise<string | undefined> {
  const runs = path.resolve(outputs, '..', '..');
  const others = await readdir(runs).catch(() => []);
  for (const folder of [outputs, ...others.map((run) => runFiles(path.join(runs, run)).outputs)]) {
    const text = await readFile(path.join(folder, name, IDENTITY), 'utf8').catch(() => undefined);
    if (text === identity) return path.join(folder, name, WEIGHTS);
  }
  return undefined;
}

/** Metrics of several networks of one run have names of their own: `languageTrainLoss`. */
function named(event: RunEventBody, network: string): RunEventBody {
  if (event.type !== 'metrics') return event;
  const values = Object.entries(event.values).map(([name, value]) => [
    `${network}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    value,
  ]);
  return { ...event, values: Object.fromEntries(values) as Readonly<Record<string, number>> };
}

function hash(content: string | NodeJS.ArrayBufferView): string {
  return createHash('sha256').update(content).digest('hex');
}
