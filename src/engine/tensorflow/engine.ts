import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { EngineStatus } from '../../protocol/engine';
import { UserError } from '../../protocol/userError';
import type { Engine, EngineOptions, LoadedEngine } from '../engine';
import { bundlePath, requireBundle } from '../engineBundle';
import { BINDING_VARIABLE } from './bindingLocation';
import {
  BINDING_NAME,
  damagedFile,
  librariesFolder,
  readInstallation,
  type Installation,
} from './installation';

const INSTALL = 'run `weightroom engines install tensorflow`';

/** tfjs-node on a current libtensorflow: the engine of this product. CPU by oneDNN, or a CUDA GPU. */
export const tensorflowEngine: Engine = { id: 'tensorflow', probe, load };

async function probe(): Promise<EngineStatus> {
  const unusable = (reason: string, version = ''): EngineStatus => {
    return { id: 'tensorflow', usable: false, reason, device: '', version };
  };
  const installation = await readInstallation();
  if (installation === undefined) return unusable(`It is not installed: ${INSTALL}.`);
  const { version, source } = installation;
  const damaged = await damagedFile(installation);
  if (damaged !== undefined) {
    return unusable(
      `${damaged.name} of TensorFlow ${version} is missing or changed: ${INSTALL} again.`,
      version,
    );
  }
  if (!existsSync(bundlePath('tensorflow'))) {
    return unusable(
      'This copy of Weightroom was built without it: build or install Weightroom again.',
      version,
    );
  }
  const device = await describeDevice(installation.gpu);
  return { id: 'tensorflow', usable: true, reason: `TensorFlow ${version} from ${source}.`, device, version };
}

async function load(options: EngineOptions = {}): Promise<LoadedEngine> {
  const status = await probe();
  const installation = await readInstallation();
  if (!status.usable || installation === undefined) {
    throw new UserError(
      'engine-unusable',
      `The tensorflow engine cannot be used. ${status.reason}`,
      'Run `weightroom engines install tensorflow`, or choose the wasm engine.',
    );
  }
  prepareEnvironment(options, installation);
  const { tf, describeBackend } = loadBundle();
  await tf.ready();
  const { version, gpu } = describeBackend();
  return { id: 'tensorflow', tf, device: await describeDevice(gpu, options.threads), version };
}

function loadBundle() {
  try {
    return requireBundle('tensorflow');
  } catch (cause) {
    throw new UserError(
      'engine-unusable',
      `The tensorflow engine could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Run `weightroom engines install tensorflow` again, or choose the wasm engine.',
      { cause },
    );
  }
}

/**
 * TensorFlow reads its settings from the environment when it is loaded; what the user set stays.
 * oneDNN makes a training step up to three times faster, and without growth on demand the first
 * process would take all of a GPU's memory.
 */
function prepareEnvironment({ threads }: EngineOptions, installation: Installation): void {
  process.env[BINDING_VARIABLE] = path.join(librariesFolder(installation.folder), BINDING_NAME);
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
}

async function describeDevice(gpu: boolean, threads?: number): Promise<string> {
  if (gpu) {
    const name = await gpuName();
    if (name !== undefined) return name;
  }
  const count = threads ?? Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? os.availableParallelism());
  return `CPU, ${count} ${count === 1 ? 'thread' : 'threads'}`;
}

/** The first GPU's name as the Linux driver tells it. */
async function gpuName(): Promise<string | undefined> {
  const folder = '/proc/driver/nvidia/gpus';
  for (const gpu of await readdir(folder).catch(() => [])) {
    const information = await readFile(path.join(folder, gpu, 'information'), 'utf8').catch(() => '');
    const model = /^Model:\s*(.+)$/m.exec(information)?.[1];
    if (model !== undefined) return model.trim();
  }
  return undefined;
}
