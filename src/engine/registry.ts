import { ENGINE_IDS, type EngineId, type EngineStatus } from '../protocol/engine';
import { UserError } from '../protocol/userError';
import { cpuEngine } from './cpu/engine';
import type { Engine, EngineOptions, LoadedEngine } from './engine';
import { tensorflowEngine } from './tensorflow/engine';
import { wasmEngine } from './wasm/engine';

const ENGINES: Readonly<Record<EngineId, Engine>> = {
  tensorflow: tensorflowEngine,
  wasm: wasmEngine,
  cpu: cpuEngine,
};

/** The state of every engine, best first. Takes milliseconds and loads none. */
export async function probeEngines(): Promise<EngineStatus[]> {
  return await Promise.all(ENGINE_IDS.map((id) => ENGINES[id].probe()));
}

let chosen: { readonly id: EngineId; readonly engine: Promise<LoadedEngine> } | undefined;

/**
 * Loads an engine, or the best one that is usable, into this process. A process computes on one
 * engine: asking for the same again gives the one that is loaded.
 * @throws UserError `engine-unusable`; Error where the process already computes on another engine
 */
export async function loadEngine(id: EngineId | 'best', options: EngineOptions = {}): Promise<LoadedEngine> {
  const wanted = id === 'best' ? (chosen?.id ?? (await best())) : id;
  chosen ??= { id: wanted, engine: ENGINES[wanted].load(options) };
  if (chosen.id !== wanted) {
    throw new Error(`This process computes on ${chosen.id}; ${wanted} needs a process of its own.`);
  }
  try {
    return await chosen.engine;
  } catch (error) {
    chosen = undefined;
    throw error;
  }
}

async function best(): Promise<EngineId> {
  const usable = (await probeEngines()).find((status) => status.usable);
  if (usable !== undefined) return usable.id;
  throw new UserError(
    'engine-unusable',
    'No engine can be used: the bundles in dist/engines are missing.',
    'Build or install Weightroom again.',
  );
}
