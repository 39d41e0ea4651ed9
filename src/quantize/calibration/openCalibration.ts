import type { LoadedEngine } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import type { KernelPool } from '../kernels/pool';
import { calibrateModel } from './calibrateModel';
import { openStatistics } from './openStatistics';
import type { CalibrationData } from './statistics';
import { openTemporaryStatistics } from './temporaryStatistics';

export interface OpenCalibrationOptions {
  readonly keep: readonly string[];
  readonly seed: number;
  readonly pool: KernelPool;
  /** Where statistics that are gathered here lie until they are closed: a `.safetensors` that does not exist. */
  readonly scratch: string;
  /** Loads the engine that the model runs on, where it has to run. */
  readonly engine: () => Promise<LoadedEngine>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined;
}

/**
 * What is known of a model's layers: from a file of statistics (`.safetensors`); from running the model on
 * the lines of a text file; or, without a file, from running it on random inputs.
 * @throws UserError of {@link openStatistics} and {@link calibrateModel}
 */
export async function openCalibration(
  source: Model,
  file: string | undefined,
  { engine, scratch, ...options }: OpenCalibrationOptions,
): Promise<CalibrationData> {
  if (file?.toLowerCase().endsWith('.safetensors') === true) {
    // Weights of TensorFlow.js models have their inputs first, those of other programs their outputs.
    return openStatistics(file, () => source.format === 'safetensors');
  }
  const { tf } = await engine();
  await calibrateModel(tf, source, scratch, { ...options, text: file, force: false });
  return openTemporaryStatistics(scratch);
}
