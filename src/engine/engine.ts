import type * as tfjs from '@tensorflow/tfjs';
import type { EngineId, EngineStatus } from '../protocol/engine';

/** The TensorFlow.js namespace of the engine that runs. Rooms above take it as a parameter. */
export type TensorFlow = typeof tfjs;

export interface EngineOptions {
  /** CPU threads; all cores where absent. */
  readonly threads?: number;
}

/** One way to compute tensors. A job chooses one, once, in its own process. */
export interface Engine {
  readonly id: EngineId;
  /** Says whether the engine can be used, and why, without loading it. Takes milliseconds, never throws. */
  probe(): Promise<EngineStatus>;
  /**
   * Loads the engine into this process and makes it the backend.
   * @throws UserError `engine-unusable` with the remedy where it cannot be loaded
   */
  load(options?: EngineOptions): Promise<LoadedEngine>;
}

export interface LoadedEngine {
  readonly id: EngineId;
  readonly tf: TensorFlow;
  readonly device: string;
  readonly version: string;
}
