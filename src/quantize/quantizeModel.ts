import { stat } from 'node:fs/promises';
import path from 'node:path';
import { encodeFloat32, isEncodable, type EncodableDType } from '../modelfile/dtype';
import type { Model, ModelWriter, TensorEntry } from '../modelfile/model';
import {
  createPortableWriter,
  createSafetensorsWriter,
  safetensorsLength,
  type NewTensor,
} from '../modelfile/write';
import type {
  MessageEvent,
  OutputEvent,
  ProgressEvent,
  QuantizeSummary,
  TensorEvent,
  TensorResult,
} from '../protocol/events';
import type { OutputForm, QuantizeSpec } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import { decibels, distortionOf, errorSums, type ErrorSums } from './error';
import { nativeEntries, nativeMetadata, partName, type NativeTensor } from './native/header';
import { roundTo } from './native/open';
import type { QuantizationMethod, QuantizedTensor } from './partsMethod';
import { quantizationMethod } from './registry';
import { reporting } from './reporting';
import { keepReason } from './selection';

export type QuantizeEvent = ProgressEvent | TensorEvent | MessageEvent | OutputEvent;

/** What happens to a tensor. `reason`: why it is kept. */
interface PlannedTensor {
  readonly entry: TensorEntry;
  readonly reason?: string;
}

/** The native file that a plan makes. */
interface NativeFile {
  readonly entries: readonly NewTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/**
 * Writes `source` again with its matrices quantized as `spec` says, tensor by tensor: memory is bounded by
 * a small multiple of the largest tensor. Yields progress in weights, each finished tensor, and the files
 * made; returns the totals. The output appears under its name only when it is whole: an error, an
 * aborted signal (its reason is thrown) or a consumer that turns away leaves nothing behind.
 *
 * Errors are those of the written values, rounded to the tensor's type. `bitsPerWeight.file` counts every
 * byte of the native file over all parameters; for the portable form it is that of the native file that the
 * same quantization would make.
 * @throws UserError `nothing-to-quantize`, `output-name`, and those of reading and writing model files
 */
export async function* quantizeModel(
  source: Model,
  spec: QuantizeSpec,
  signal: AbortSignal,
): AsyncGenerator<QuantizeEvent, QuantizeSummary> {
  const method = quantizationMethod(spec.method);
  const parameters = source.tensors.reduce((sum, { size }) => sum + size, 0);
  const progress = (done: number, what: string): ProgressEvent => {
    return { type: 'progress', done: Math.round(done), total: parameters, unit: 'weights', what };
  };

  yield progress(0, 'looking for numbers that are not finite');
  const plan = await planTensors(source, spec.keep, signal);
  const native = planNativeFile(source, plan, spec, method);
  const writer = await createWriter(source, spec, native);
  const totals = { squaredError: 0, squares: 0, weights: 0, bits: 0 };
  let done = 0;
  try {
    for (const { entry, reason } of plan) {
      signal.throwIfAborted();
      if (reason !== undefined) {
        await writer.write(entry.name, await source.readBytes(entry.name));
        yield { type: 'tensor', tensor: keptTensor(entry, reason) };
      } else {
        yield progress(done, entry.name);
        const values = await source.readFloat32(entry.name);
        const quantized = yield* reporting<ProgressEvent, QuantizedTensor>(signal, (report, stop) => {
          const onProgress = (part: number) => report(progress(done + part * entry.size, entry.name));
          return method.quantize(values, entry.shape, { ...spec, signal: stop, onProgress });
        });
        if (quantized.warning !== undefined) {
          yield { type: 'message', level: 'warning', text: `${entry.name}: ${quantized.warning}` };
        }
        await writeTensor(writer, entry, quantized, spec.form);
        const sums = errorSums(values, roundTo(quantized.values, encodableType(entry)));
        const tensor = quantizedTensor(entry, quantized, sums);
        totals.squaredError += sums.squaredError;
        totals.squares += sums.squares;
        totals.weights += entry.size;
        totals.bits += tensor.bits * entry.size;
        yield { type: 'tensor', tensor };
      }
      done += entry.size;
    }
    signal.throwIfAborted();
    const output = await writer.finish();
    const sizes = await Promise.all(output.map(async (file) => (await stat(file)).size));
    for (const [i, file] of output.entries()) {
      yield { type: 'output', path: file, kind: 'model', bytes: sizes[i]! };
    }
    const distortion = distortionOf(totals);
    return {
      job: 'quantize',
      output,
      bytes: { before: source.bytes, after: sizes.reduce((sum, size) => sum + size, 0) },
      bitsPerWeight: { weights: totals.bits / totals.weights, file: (8 * native.bytes) / parameters },
      distortion,
      snrDb: decibels(distortion),
    };
  } finally {
    await writer.abort();
  }
}

/** Decides for each tensor; those that qualify by their header are read once to see that they are finite. */
async function planTensors(
  source: Model,
  keep: readonly string[],
  signal: AbortSignal,
): Promise<readonly PlannedTensor[]> {
  const plan: PlannedTensor[] = [];
  for (const entry of source.tensors) {
    signal.throwIfAborted();
    let reason = keepReason(entry, keep);
    if (reason === undefined) {
      const notFinite = countNotFinite(await source.readFloat32(entry.name));
      if (notFinite > 0) reason = `${notFinite} of its values are NaN or infinite`;
    }
    plan.push(reason === undefined ? { entry } : { entry, reason });
  }
  if (plan.every(({ reason }) => reason !== undefined)) {
    throw new UserError(
      'nothing-to-quantize',
      `${path.basename(source.path)} has no tensor to quantize: all of them are small, vectors, or kept by name.`,
      'Choose a model with weight matrices, or fewer patterns of names to keep.',
    );
  }
  return plan;
}

function countNotFinite(values: Float32Array): number {
  const { length } = values;
  let count = 0;
  for (let i = 0; i < length; i++) {
    // x − x is zero for every finite number and NaN for all others.
    if (values[i]! - values[i]! !== 0) count++;
  }
  return count;
}

function planNativeFile(
  source: Model,
  plan: readonly PlannedTensor[],
  spec: QuantizeSpec,
  method: QuantizationMethod,
): NativeFile {
  const tensors = plan.map(({ entry, reason }) => ({ entry, packed: reason === undefined }));
  const entries = nativeEntries(tensors, method, spec);
  const metadata = nativeMetadata(
    spec,
    source,
    tensors.map(({ entry, packed }): NativeTensor => {
      const { name, shape } = entry;
      return packed ? { name, packed: { dtype: encodableType(entry), shape } } : { name };
    }),
  );
  return { entries, metadata, bytes: safetensorsLength(entries, metadata) };
}

async function createWriter(
  source: Model,
  { form, output, force }: QuantizeSpec,
  { entries, metadata }: NativeFile,
): Promise<ModelWriter> {
  if (form === 'portable') return createPortableWriter(source, output, { force });
  if (!output.toLowerCase().endsWith('.safetensors')) {
    throw new UserError(
      'output-name',
      `${path.basename(output)} is not a name for a file in the native form.`,
      'Choose a name that ends in .safetensors.',
    );
  }
  return createSafetensorsWriter(output, entries, metadata, { force, sources: source.files });
}

async function writeTensor(
  writer: ModelWriter,
  entry: TensorEntry,
  { values, parts }: QuantizedTensor,
  form: OutputForm,
): Promise<void> {
  if (form === 'portable') {
    await writer.write(entry.name, encodeFloat32(values, encodableType(entry)));
  } else {
    for (const part of parts) await writer.write(partName(entry.name, part), part.bytes);
  }
}

/** Only tensors of types that can be written again are planned for quantization. */
function encodableType({ name, dtype }: TensorEntry): EncodableDType {
  if (isEncodable(dtype)) return dtype;
  throw new Error(`${name} of type ${dtype} was planned for quantization`);
}

function quantizedTensor(entry: TensorEntry, quantized: QuantizedTensor, sums: ErrorSums): TensorResult {
  const { iterations, decomposition, parts } = quantized;
  const distortion = distortionOf(sums);
  return {
    name: entry.name,
    shape: entry.shape,
    action: 'quantized',
    bits: (8 * parts.reduce((sum, { bytes }) => sum + bytes.length, 0)) / entry.size,
    mse: sums.squaredError / sums.count,
    distortion,
    snrDb: decibels(distortion),
    iterations,
    ...(decomposition !== undefined && { decomposition }),
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
