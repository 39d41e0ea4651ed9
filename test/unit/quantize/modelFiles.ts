import path from 'node:path';
import { encodeFloat32 } from '../../../src/modelfile/dtype';
import { openModel } from '../../../src/modelfile/open';
import type { DType, Model } from '../../../src/modelfile/model';
import { createSafetensorsWriter } from '../../../src/modelfile/write';
import { quantizeSpec as specOf, type QuantizeSpec } from '../../../src/protocol/jobSpec';
import type { QuantizeSummary } from '../../../src/protocol/events';
import { inlinePool } from '../../../src/quantize/kernels/pool';
import { quantizeModel, type QuantizeEvent } from '../../../src/quantize/quantizeModel';

export interface TestTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Writes a safetensors file of tensors of floating-point types or of int32, and opens it. */
export async function writeModel(
  folder: string,
  tensors: readonly TestTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<Model> {
  const file = path.join(folder, 'model.safetensors');
  const writer = await createSafetensorsWriter(file, tensors, metadata, { force: true });
  for (const { name, dtype, values } of tensors) {
    await writer.write(
      name,
      dtype === 'I32'
        ? new Uint8Array(Int32Array.from(values).buffer)
        : encodeFloat32(values, dtype as 'F32'),
    );
  }
  await writer.finish();
  return openModel(file);
}

/** What a person would ask for without choosing anything but these. */
export function quantizeSpec(
  input: string,
  output: string,
  changes: Partial<QuantizeSpec> & Pick<QuantizeSpec, 'method'>,
): QuantizeSpec {
  return specOf({ input, output, ...changes });
}

/** Runs a quantization to its end. */
export async function quantizeWhole(
  model: Model,
  spec: QuantizeSpec,
  signal = new AbortController().signal,
): Promise<{ readonly events: readonly QuantizeEvent[]; readonly summary: QuantizeSummary }> {
  const events: QuantizeEvent[] = [];
  const run = quantizeModel(model, spec, { signal, pool: inlinePool });
  for (;;) {
    const step = await run.next();
    if (step.done === true) return { events, summary: step.value };
    events.push(step.value);
  }
}
