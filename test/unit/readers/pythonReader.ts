import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { installNumpy } from '../../../scripts/lib/numpy.mjs';
import { decodeFloat32 } from '../../../src/modelfile/dtype';
import type { DType, Model } from '../../../src/modelfile/model';

const reader = path.join(import.meta.dirname, '../../../readers/weightroom_native.py');
const describeModels = path.join(import.meta.dirname, 'describeModels.py');

/** A tensor's name, NumPy type, shape, and SHA-256 of its bytes. */
type Description = readonly [string, string, readonly number[], string];

/** Runs a Python that has NumPy. Rejects with what it printed where it fails. */
export async function python(...args: readonly string[]): Promise<string> {
  const { program, env } = await installNumpy();
  const { stdout } = await promisify(execFile)(program, args, { env, maxBuffer: 2 ** 26 });
  return stdout;
}

/** The tensors that the reader in Python finds in each file, or its message where it refuses the file. */
export async function readInPython(files: readonly string[]): Promise<(readonly Description[] | string)[]> {
  const stdout = await python(describeModels, reader, ...files);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as readonly Description[] | string);
}

/** Runs the reader as a program. */
export async function convertInPython(model: string, output: string): Promise<void> {
  await python(reader, model, output);
}

// prettier-ignore
const NUMPY_TYPES: Readonly<Record<DType, string>> = {
  F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'float32', F8_E4M3: 'uint8', F8_E5M2: 'uint8', BOOL: 'bool',
  I64: 'int64', I32: 'int32', I16: 'int16', I8: 'int8', U64: 'uint64', U32: 'uint32', U16: 'uint16', U8: 'uint8',
};

/** A model as the reader in Python should find it: bfloat16 as float32, all else as it stands. */
export async function described(model: Model): Promise<readonly Description[]> {
  const descriptions: Description[] = [];
  for (const { name, dtype, shape } of model.tensors) {
    const stored = new Uint8Array(await model.readBytes(name));
    const bytes = dtype === 'BF16' ? new Uint8Array(decodeFloat32(stored, dtype).buffer) : stored;
    const hash = createHash('sha256').update(bytes).digest('hex');
    descriptions.push([name, NUMPY_TYPES[dtype], shape, hash]);
  }
  return descriptions;
}
