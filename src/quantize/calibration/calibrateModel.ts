import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import { codeAlone } from '../dependent/codeAlone';
import type { KernelPool } from '../kernels/pool';
import { keepReason } from '../selection';
import { chooseSamples, type SampleChoice } from './chooseSamples';
import { collectStatistics } from './collect';
import { loadRunnableModel } from './runnableModel';
import { part, type Samples } from './samples';
import { measureSensitivities } from './sensitivity';
import type { CalibrationData, LayerStatistics, LayerSummary } from './statistics';

export interface CalibrateOptions extends SampleChoice {
  /** Glob patterns of tensors that will be kept as they are. */
  readonly keep: readonly string[];
  readonly pool: KernelPool;
  readonly signal?: AbortSignal | undefined;
  /** `done` of `total` samples have gone through the model. */
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined;
}

export interface Calibration {
  /** What went through the model, for people. */
  readonly source: string;
  readonly layers: ReadonlyMap<string, LayerStatistics & Pick<LayerSummary, 'sensitivity'>>;
}

/** Share of the samples that only measure what the errors of each layer do; and how many at most. */
const MEASURING_SHARE = 0.25;
const MOST_MEASURING = 48;

/**
 * Runs a TensorFlow.js model to learn what quantizing it needs to know: E[x xᵀ] over the inputs of each layer
 * that will be quantized, and how much the model's output suffers when that layer alone is coded. All
 * statistics are held in memory: 8 bytes for the square of each layer's inputs.
 * @throws UserError `not-runnable`, `text-not-usable`, `nothing-to-calibrate`, `model-failed`, and those of
 *   reading the text
 */
export async function calibrateModel(
  tf: TensorFlow,
  source: Model,
  options: CalibrateOptions,
): Promise<Calibration> {
  const { keep, pool, signal, onProgress } = options;
  const tensors = source.tensors.flatMap((tensor) =>
    keepReason(tensor, keep) === undefined ? [tensor.name] : [],
  );
  const model = await loadRunnableModel(tf, source);
  try {
    const samples = await chooseSamples(tf, source, model, options);
    const { gathering, measuring } = split(samples);
    const total = gathering.count + (1 + tensors.length) * measuring.count;
    const statistics = await collectStatistics(tf, model, gathering, {
      tensors,
      signal,
      onProgress: (done) => onProgress?.(done, total, 'what the layers are given'),
    });
    if (statistics.size === 0) throw nothingSeen();
    const sensitivities = await measureSensitivities(tf, { source, model }, measuring, {
      tensors: [...statistics.keys()],
      code: (tensor, weights) => codeAlone(weights, statistics.get(tensor)!, pool),
      signal,
      onProgress: (done) => onProgress?.(gathering.count + done, total, 'what errors of each layer do'),
    });
    const layers = Array.from(statistics, ([name, layer]) => {
      return [name, { ...layer, sensitivity: sensitivities.get(name)! }] as const;
    });
    return { source: samples.source, layers: new Map(layers) };
  } catch (error) {
    throw explain(error, signal);
  } finally {
    model.dispose();
  }
}

/** Samples that statistics are gathered from, and others that errors are measured on, if there are enough. */
function split(samples: Samples): { readonly gathering: Samples; readonly measuring: Samples } {
  const held = Math.min(MOST_MEASURING, Math.floor(MEASURING_SHARE * samples.count));
  if (held === 0) return { gathering: samples, measuring: samples };
  const cut = samples.count - held;
  return { gathering: part(samples, 0, cut), measuring: part(samples, cut, samples.count) };
}

/** A calibration as whoever quantizes reads it. */
export function calibrationData({ source, layers }: Calibration): CalibrationData {
  return {
    source,
    layers,
    read: (tensor) => Promise.resolve(layers.get(tensor)!),
    close: () => Promise.resolve(),
  };
}

/** What TensorFlow.js throws says little to a person who asked for a calibration. */
function explain(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof UserError || signal?.aborted === true) return error;
  return new UserError(
    'model-failed',
    `The model could not be run: ${error instanceof Error ? error.message : String(error)}`,
    'Quantize without calibration, or with a file of statistics.',
    { cause: error },
  );
}

function nothingSeen(): UserError {
  return new UserError(
    'nothing-to-calibrate',
    'None of the tensors to quantize was multiplied by anything when the model ran.',
    'Quantize without calibration.',
  );
}
