import type { TensorFlow } from '../../engine/engine';
import type { Model } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';
import { codeAlone } from '../dependent/codeAlone';
import type { KernelPool } from '../kernels/pool';
import { keepReason } from '../selection';
import { collectStatistics } from './collect';
import { cutIntoPasses } from './passes';
import type { CalibratableModel } from './runnableModel';
import { part, type Samples } from './samples';
import { measureSensitivities } from './sensitivity';
import type { LayerStatistics, LayerSummary } from './statistics';
import { StatisticsWriter } from './statisticsWriter';

export interface GatherOptions {
  /** Glob patterns of tensors that will be kept as they are. */
  readonly keep: readonly string[];
  readonly pool: KernelPool;
  /** Replace `output` where it exists. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
  /** `done` of `total` samples have gone through the model. */
  readonly onProgress?: ((done: number, total: number, what: string) => void) | undefined;
  /** Bytes of statistics that are held in memory at a time. */
  readonly heldBytes?: number;
}

/** What a calibration found, beside the file that it wrote. */
export interface Calibration {
  /** Absolute path of the file of statistics. */
  readonly file: string;
  /** What went through the model, for people. */
  readonly source: string;
  readonly layers: ReadonlyMap<string, LayerSummary>;
}

/** Share of the samples that only measure what the errors of each layer do; and how many at most. */
const MEASURING_SHARE = 0.25;
const MOST_MEASURING = 48;
/** So much statistics of a model fit in memory beside it, whatever its size. */
const HELD_BYTES = 2 ** 29;

/**
 * Runs a model to learn what quantizing it needs to know: E[x xᵀ] over the inputs of each layer that will be
 * quantized, and how much the model's output suffers when that layer alone is coded. Writes both to the file
 * `output`, layer after layer: a large model goes over the samples several times, each time for as many layers
 * as fit in memory.
 *
 * @param subject a running model, and its file, whose names its weights have
 * @throws UserError `nothing-to-calibrate`, and those of reading the model and writing the file
 */
export async function gatherCalibration(
  tf: TensorFlow,
  { source, model }: { readonly source: Model; readonly model: CalibratableModel },
  samples: Samples,
  output: string,
  options: GatherOptions,
): Promise<Calibration> {
  const { keep, pool, force, signal, onProgress, heldBytes = HELD_BYTES } = options;
  const tensors = source.tensors.filter((tensor) => keepReason(tensor, keep) === undefined);
  const passes = cutIntoPasses(tensors, heldBytes);
  const { gathering, measuring } = split(samples);
  const total = passes.length * (gathering.count + measuring.count) + tensors.length * measuring.count;
  const layers = new Map<string, LayerSummary>();
  const writer = await StatisticsWriter.start(output, tensors, { force, sources: source.files });
  let done = 0;
  const tell = (count: number, what: string) => onProgress?.(done + count, total, what);
  try {
    for (const pass of passes) {
      const statistics = await collectStatistics(tf, model, gathering, {
        tensors: pass.map(({ name }) => name),
        signal,
        onProgress: (count) => tell(count, 'what the layers are given'),
      });
      done += gathering.count;
      const sensitivities = await measureSensitivities(tf, { source, model }, measuring, {
        tensors: [...statistics.keys()],
        code: (tensor, weights) => codeAlone(weights, statistics.get(tensor)!, pool),
        signal,
        onProgress: (count) => tell(count, 'what errors of each layer do'),
      });
      done += (1 + pass.length) * measuring.count;
      for (const [name, layer] of statistics) {
        const summary = { ...withoutValues(layer), sensitivity: sensitivities.get(name)! };
        await writer.add(name, { ...summary, values: layer.values });
        layers.set(name, summary);
      }
    }
    if (layers.size === 0) throw nothingSeen();
    return { file: await writer.finish(samples.source), source: samples.source, layers };
  } finally {
    await writer.abort();
  }
}

/** Samples that statistics are gathered from, and others that errors are measured on, if there are enough. */
function split(samples: Samples): { readonly gathering: Samples; readonly measuring: Samples } {
  const held = Math.min(MOST_MEASURING, Math.floor(MEASURING_SHARE * samples.count));
  if (held === 0) return { gathering: samples, measuring: samples };
  const cut = samples.count - held;
  return { gathering: part(samples, 0, cut), measuring: part(samples, cut, samples.count) };
}

function withoutValues({ kind, inputs, samples, outputsFirst }: LayerStatistics): LayerSummary {
  return { kind, inputs, samples, outputsFirst };
}

function nothingSeen(): UserError {
  return new UserError(
    'nothing-to-calibrate',
    'None of the tensors to quantize was multiplied by anything when the model ran.',
    'Quantize without calibration.',
  );
}
