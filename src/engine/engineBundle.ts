import { createRequire } from 'node:module';
import path from 'node:path';
import type { EngineId } from '../protocol/engine';
import type * as cpu from './bundles/cpu';
import type * as tensorflow from './bundles/tensorflow';
import type * as wasm from './bundles/wasm';
import { distFolder } from './distFolder';

/** What each engine's bundle exports. Types only: the bundles are loaded when an engine is chosen. */
interface Bundles {
  readonly tensorflow: typeof tensorflow;
  readonly wasm: typeof wasm;
  readonly cpu: typeof cpu;
}

/** The file of an engine's bundle. */
export function bundlePath(id: EngineId): string {
  return path.join(distFolder(), 'engines', `${id}.js`);
}

/**
 * Loads an engine's bundle with its own copy of TensorFlow.js. Once a process: TensorFlow.js keeps its
 * registries of backends and kernels on the global object, and two copies would share them.
 */
export function requireBundle<Id extends EngineId>(id: Id): Bundles[Id] {
  const file = bundlePath(id);
  return createRequire(file)(file) as Bundles[Id];
}
