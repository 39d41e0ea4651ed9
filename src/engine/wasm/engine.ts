import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EngineStatus } from '../../protocol/engine';
import { UserError } from '../../protocol/userError';
import type { Engine, LoadedEngine } from '../engine';
import { bundlePath, requireBundle } from '../engineBundle';
import { TFJS_VERSION } from '../tfjsVersion';

/** The backend uses threads in browsers only; in Node it computes in the calling thread. */
const DEVICE = 'CPU, 1 thread (SIMD)';

/** TensorFlow.js compiled to WebAssembly: needs nothing installed, and trains everything. */
export const wasmEngine: Engine = { id: 'wasm', probe: () => Promise.resolve(status()), load };

function status(): EngineStatus {
  const folder = path.dirname(bundlePath('wasm'));
  const usable = ['wasm.js', 'tfjs-backend-wasm-simd.wasm'].every((name) =>
    existsSync(path.join(folder, name)),
  );
  const reason = usable
    ? 'WebAssembly: nothing to install.'
    : 'This copy of Weightroom was built without it: build or install Weightroom again.';
  return { id: 'wasm', usable, reason, device: usable ? DEVICE : '', version: usable ? TFJS_VERSION : '' };
}

async function load(): Promise<LoadedEngine> {
  const { usable, reason } = status();
  if (!usable) {
    throw new UserError('engine-unusable', 'The wasm engine cannot be used: its files are missing.', reason);
  }
  const { tf, setWasmPaths } = requireBundle('wasm');
  setWasmPaths(path.dirname(bundlePath('wasm')) + path.sep);
  await tf.setBackend('wasm');
  await tf.ready();
  return { id: 'wasm', tf, device: DEVICE, version: tf.version_core };
}
