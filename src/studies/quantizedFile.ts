import path from 'node:path';
import { createSafetensorsWriter } from '../modelfile/write';
import type { QuantizeSummary } from '../protocol/events';
import { quantizeSpec, type QuantizationMethodId } from '../protocol/jobSpec';
import type { CalibrationData } from '../quantize/calibration/statistics';
import { openAnyModel } from '../quantize/native/open';
import { quantizeModel } from '../quantize/quantizeModel';
import type { Matrix } from './kashin/sources';
import type { StudyContext } from './study';

/** A file to quantize, and how. */
export interface FileCase {
  readonly input: string;
  readonly output: string;
  readonly method: QuantizationMethodId;
  readonly bits: number;
  /** With it layers are coded with error feedback, where the method can. */
  readonly calibration?: CalibrationData;
}

/** Quantizes a model file to its native form as a job of a person who chooses nothing else does. */
export async function quantizeFile(
  { calibration, ...file }: FileCase,
  { seed, pool, signal }: StudyContext,
): Promise<QuantizeSummary> {
  const source = await openAnyModel(file.input);
  try {
    const spec = quantizeSpec({ ...file, form: 'native', force: true, seed });
    const run = quantizeModel(source, spec, { signal, pool, ...(calibration && { calibration }) });
    for (;;) {
      const step = await run.next();
      if (step.done === true) return step.value;
    }
  } finally {
    await source.close();
  }
}

/** Writes a safetensors file of one float32 matrix; returns its path. */
export async function writeMatrix(
  folder: string,
  name: string,
  { rows, columns, values }: Matrix,
): Promise<string> {
  const file = path.join(folder, `${name}.safetensors`);
  const writer = await createSafetensorsWriter(
    file,
    [{ name, dtype: 'F32', shape: [rows, columns] }],
    {},
    { force: true },
  );
  try {
    await writer.write(name, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    await writer.finish();
  } finally {
    await writer.abort();
  }
  return file;
}
