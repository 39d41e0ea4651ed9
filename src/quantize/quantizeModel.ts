import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isEncodable } from '../modelfile/dtype';
import type { Model, TensorEntry } from '../modelfile/model';
import type {
  MessageEvent,
  OutputEvent,
  ProgressEvent,
  QuantizeSummary,
  TensorEvent,
  TensorResult,
} from '../protocol/events';
import type { QuantizeSpec } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import { bitsToSpare } from './bitsToSpare';
import type { CalibrationData } from './calibration/statistics';
import { codeTensor, type CodedTensor } from './codeTensor';
import { decibels, distortionOf, errorSums, type ErrorSums } from './error';
import { codesAsLayer } from './feedback/quantizeLayer';
import { countNotFinite } from './finite';
import type { KernelPool } from './kernels/pool';
import type { PlannedTensor, QuantizationMethod, QuantizeOptions, TensorPlan } from './method';
import { NativeContents, type NewPackedTensor } from './native/write';
import { startOutput } from './output';
import { packedTensorLength } from './packedTensor';
import { quantizationMethod } from './registry';
import { reporting } from './reporting';
import { roundTo } from './rounding';
import { keepReason } from './selection';
import { packedBudget, type TensorFate } from './sizeBudget';
import { weightHistogram } from './weightHistogram';

export type QuantizeEvent = ProgressEvent | TensorEvent | MessageEvent | OutputEvent;

/** What a quantization computes with. */
export interface QuantizeContext {
  readonly signal: AbortSignal;
  readonly pool: KernelPool;
  /** What is known of the model's layers; they are coded with error feedback, where the method can. */
  readonly calibration?: CalibrationData;
}

type TensorPlans = ReadonlyMap<string, TensorPlan>;

/**
 * Writes `source` again with its matrices quantized as `spec` says, tensor by tensor: memory is bounded by
 * a small multiple of the largest tensor. Yields progress in weights, each finished tensor, and the files
 * made; returns the totals. The output appears under its name only when it is whole: an error, an
 * aborted signal (its reason is thrown) or a consumer that turns away leaves nothing behind.
 *
 * Errors are those of the written values, rounded to the tensor's type. `bitsPerWeight.file` counts every
 * byte of the native safetensors file over all parameters; for the portable form it is that of the native
 * file that the same quantization would make.
 * @throws UserError `nothing-to-quantize`, `output-name`, and those of reading and writing model files
 */
export async function* quantizeModel(
  source: Model,
  spec: QuantizeSpec,
  { signal, pool, calibration }: QuantizeContext,
): AsyncGenerator<QuantizeEvent, QuantizeSummary> {
  const method = quantizationMethod(spec.method);
  const parameters = source.tensors.reduce((sum, { size }) => sum + size, 0);
  const progress = (done: number, what: string): ProgressEvent => {
    return { type: 'progress', done: Math.round(done), total: parameters, unit: 'weights', what };
  };

  yield progress(0, 'looking for numbers that are not finite');
  const fates = await decide(source, spec.keep, signal);
  const tensors = plannedTensors(source, fates, method, calibration);
  const options: QuantizeOptions = { ...spec, ...(await budgetFor(source, fates, spec)), pool, signal };
  const contents = new NativeContents(source);
  const output = await startOutput(source, spec, contents, expectedBytes(fates, options));
  const totals = { squaredError: 0, squares: 0, weights: 0, bits: 0 };
  let done = 0;
  try {
    const plan = yield* reporting<ProgressEvent, TensorPlans>(signal, async (report, stop) => {
      const onProgress = (part: number) =>
        report(progress(0, `choosing how fine to code: ${Math.floor(100 * part)} %`));
      return (
        (await method.plan?.([...tensors.values()], { ...options, signal: stop, onProgress })) ?? new Map()
      );
    });
    for (const { entry, reason } of fates) {
      signal.throwIfAborted();
      if (reason !== undefined) {
        await output.keep(entry, await source.readBytes(entry.name));
        yield { type: 'tensor', tensor: keptTensor(entry, reason) };
      } else {
        yield progress(done, entry.name);
        const coded = yield* reporting<ProgressEvent, CodedTensor>(signal, (report, stop) => {
          const onProgress = (part: number) => report(progress(done + part * entry.size, entry.name));
          const tensorOptions = { ...options, signal: stop, onProgress };
          const settings = { ...spec, format: source.format };
          return codeTensor(tensors.get(entry.name)!, method, settings, tensorOptions, plan.get(entry.name));
        });
        const { quantized, transposed, values } = coded;
        if (quantized.warning !== undefined) {
          yield { type: 'message', level: 'warning', text: `${entry.name}: ${quantized.warning}` };
        }
        await output.add({ entry, method: method.id, quantized, transposed }, values);
        const sums = errorSums(coded.original, roundTo(values, entry.dtype));
        const tensor = quantizedTensor(entry, coded, sums);
        totals.squaredError += sums.squaredError;
        totals.squares += sums.squares;
        totals.weights += entry.size;
        totals.bits += tensor.bits * entry.size;
        yield { type: 'tensor', tensor };
      }
      done += entry.size;
    }
    signal.throwIfAborted();
    const files = await output.finish();
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    // A header that was filled up to a size is longer than its contents.
    const nativeBytes = spec.size === undefined ? contents.bytes : packedBytes(files, sizes);
    for (const [i, file] of files.entries()) {
      yield { type: 'output', path: file, kind: 'model', bytes: sizes[i]! };
    }
    const distortion = distortionOf(totals);
    const after = sizes.reduce((sum, size) => sum + size, 0);
    const topology = source.format === 'safetensors' ? 0 : after - packedBytes(files, sizes);
    return {
      job: 'quantize',
      output: files,
      bytes: { before: source.bytes, after, ...(topology > 0 && { topology }) },
      bitsPerWeight: { weights: totals.bits / totals.weights, file: (8 * nativeBytes) / parameters },
      distortion,
      snrDb: decibels(distortion),
    };
  } finally {
    await output.abort();
  }
}

/** Decides for each tensor; those that qualify by their header are read once to see that they are finite. */
async function decide(
  source: Model,
  keep: readonly string[],
  signal: AbortSignal,
): Promise<readonly TensorFate[]> {
  const fates: TensorFate[] = [];
  for (const entry of source.tensors) {
    signal.throwIfAborted();
    const reason = keepReason(entry, keep);
    if (reason !== undefined || !hasEncodableType(entry)) {
      fates.push({ entry, reason: reason ?? `${entry.dtype} numbers cannot be written again` });
      continue;
    }
    const notFinite = countNotFinite(await source.readFloat32(entry.name));
    fates.push(
      notFinite > 0 ? { entry, reason: `${notFinite} of its values are NaN or infinite` } : { entry },
    );
  }
  if (fates.every(({ reason }) => reason !== undefined)) {
    throw new UserError(
      'nothing-to-quantize',
      `${path.basename(source.path)} has no tensor to quantize: all of them are small, vectors, or kept by name.`,
      'Choose a model with weight matrices, or fewer patterns of names to keep.',
    );
  }
  return fates;
}

function hasEncodableType(entry: TensorEntry): entry is NewPackedTensor['entry'] {
  return isEncodable(entry.dtype);
}

/** The tensors to quantize, by name, with all that is known of them. */
function plannedTensors(
  source: Model,
  fates: readonly TensorFate[],
  method: QuantizationMethod,
  calibration: CalibrationData | undefined,
): ReadonlyMap<string, PlannedTensor> {
  const tensors = new Map<string, PlannedTensor>();
  for (const { entry, reason } of fates) {
    if (reason !== undefined) continue;
    const { name } = entry;
    const summary = calibration?.layers.get(name);
    const layer =
      calibration !== undefined && summary !== undefined && codesAsLayer(method, entry, summary)
        ? { summary, readStatistics: () => calibration.read(name) }
        : undefined;
    tensors.set(name, {
      entry,
      bitsToSpare: bitsToSpare(entry, source),
      read: () => source.readFloat32(name),
      ...(layer && { layer }),
    });
  }
  return tensors;
}

/** The bytes and bits of a spec that asks for a size; nothing where it does not. */
async function budgetFor(
  source: Model,
  fates: readonly TensorFate[],
  spec: QuantizeSpec,
): Promise<Partial<Pick<QuantizeOptions, 'bits' | 'bytes'>>> {
  if (spec.size === undefined) return {};
  const bytes = await packedBudget(source, fates, spec, spec.size);
  const weights = fates.reduce((sum, { entry, reason }) => sum + (reason === undefined ? entry.size : 0), 0);
  return { bytes, bits: (8 * bytes) / weights };
}

/** About what the native form will take. */
function expectedBytes(fates: readonly TensorFate[], { bits }: QuantizeOptions): number {
  return fates.reduce(
    (sum, { entry, reason }) => sum + (reason === undefined ? (entry.size * bits) / 8 : entry.bytes),
    0,
  );
}

/** Of the files that hold tensors, which the topology of a TensorFlow.js model does not. */
function packedBytes(files: readonly string[], sizes: readonly number[]): number {
  return files.reduce((sum, file, i) => sum + (file.endsWith('.json') ? 0 : sizes[i]!), 0);
}

function quantizedTensor(
  entry: TensorEntry,
  { original, quantized, outputError }: CodedTensor,
  sums: ErrorSums,
): TensorResult {
  const { iterations, decomposition, packed, levels } = quantized;
  // A decomposition has histograms of its own, of the factors that are coded.
  const histogram = decomposition ? undefined : weightHistogram(original, levels);
  const distortion = distortionOf(sums);
  return {
    name: entry.name,
    shape: entry.shape,
    action: 'quantized',
    bits: (8 * packedTensorLength(packed)) / entry.size,
    mse: sums.squaredError / sums.count,
    distortion,
    snrDb: decibels(distortion),
    iterations,
    ...(decomposition !== undefined && { decomposition }),
    ...(histogram !== undefined && { histogram }),
    ...(outputError !== undefined && { outputError }),
  };
}

function keptTensor({ name, shape, bytes, size }: TensorEntry, reason: string): TensorResult {
  return {
    name,
    shape,
    action: 'kept',
    reason,
    bits: size === 0 ? 0 : (8 * bytes) / size,
    mse: 0,
    distortion: 0,
    snrDb: Infinity,
    iterations: 0,
  };
}
