/** What is known about an engine without loading it. See `engine/` for the engines themselves. */

/** Best first: the order in which an engine is chosen where nobody chose. */
export const ENGINE_IDS = ['tensorflow', 'wasm', 'cpu'] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

/** What people read; the command line and files say the id. */
export const ENGINE_NAMES: Readonly<Record<EngineId, string>> = {
  tensorflow: 'TensorFlow',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};

export interface EngineStatus {
  readonly id: EngineId;
  readonly usable: boolean;
  /** Why it is usable or not, in one sentence; where it is not, what would make it so. */
  readonly reason: string;
  /** Where it computes: `CPU, 2 threads (oneDNN)`, `NVIDIA H200`. Empty while unknown. */
  readonly device: string;
  /** Version of the computing library: `2.21.0`. Empty while unknown. */
  readonly version: string;
}
