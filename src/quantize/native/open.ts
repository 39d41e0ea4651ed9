import path from 'node:path';
import { DTYPE_BYTES, decodeFloat32, ENCODABLE_DTYPES, encodeFloat32 } from '../../modelfile/dtype';
import type { EncodableDType } from '../../modelfile/dtype';
import type { Model, ModelFormat, TensorEntry } from '../../modelfile/model';
import { openModel } from '../../modelfile/open';
import { checkBits, QUANTIZATION_METHODS } from '../../protocol/jobSpec';
import { UserError } from '../../protocol/userError';
import { arrayAt, numberAt, objectAt, oneOfAt, stringAt } from '../../protocol/validate';
import { elementCount } from '../parts';
import { quantizationMethod } from '../registry';
import { NATIVE_KEYS, NATIVE_VERSION, partName, type NativeCoding, type NativeTensor } from './header';

/** Opens a model file of any kind; one in the native form is read as the tensors that it stands for. */
export async function openAnyModel(file: string): Promise<Model> {
  const model = await openModel(file);
  return model.metadata[NATIVE_KEYS.format] === 'native' ? readHeader(model) : model;
}

/**
 * Opens a file in the native form. Its tensors have the names, types, shapes and order of the original
 * model, and the same values, to the bit, as the portable form of the same quantization.
 * @throws UserError `not-native`, `native-version`, `native-damaged`
 */
export async function openNative(file: string): Promise<Model> {
  const model = await openAnyModel(file);
  if (model instanceof NativeModel) return model;
  throw new UserError(
    'not-native',
    `${path.basename(file)} is not in the native form.`,
    'Choose a file that was quantized with the form native.',
  );
}

/** A tensor that is stored in parts. */
interface PackedTensor {
  readonly entry: TensorEntry & { readonly dtype: EncodableDType };
  readonly suffixes: readonly string[];
}

class NativeModel implements Model {
  readonly format: ModelFormat;
  readonly path: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    private readonly stored: Model,
    private readonly coding: NativeCoding,
    readonly tensors: readonly TensorEntry[],
    private readonly packed: ReadonlyMap<string, PackedTensor>,
  ) {
    this.format = stored.format;
    this.path = stored.path;
    this.files = stored.files;
    this.bytes = stored.bytes;
    // Whoever copies these tensors into another file must not mark that file as native.
    const hidden: readonly string[] = [NATIVE_KEYS.format, NATIVE_KEYS.tensors];
    this.metadata = Object.fromEntries(
      Object.entries(stored.metadata).filter(([key]) => !hidden.includes(key)),
    );
  }

  async readBytes(name: string): Promise<Uint8Array> {
    const packed = this.packed.get(name);
    if (packed === undefined) return this.stored.readBytes(name);
    return encodeFloat32(await this.dequantize(packed), packed.entry.dtype);
  }

  async readFloat32(name: string): Promise<Float32Array> {
    const packed = this.packed.get(name);
    if (packed === undefined) return this.stored.readFloat32(name);
    return roundTo(await this.dequantize(packed), packed.entry.dtype);
  }

  async close(): Promise<void> {
    await this.stored.close();
  }

  private async dequantize({ entry, suffixes }: PackedTensor): Promise<Float32Array> {
    const parts = new Map<string, Uint8Array>();
    for (const suffix of suffixes) {
      parts.set(suffix, await this.stored.readBytes(partName(entry.name, { suffix })));
    }
    return quantizationMethod(this.coding.method).dequantize(parts, entry.shape, this.coding);
  }
}

/** Values as a tensor of type `dtype` holds them. */
export function roundTo(values: Float32Array, dtype: EncodableDType): Float32Array {
  if (dtype === 'F32' || dtype === 'F64') return values;
  return decodeFloat32(new Uint8Array(encodeFloat32(values, dtype)), dtype);
}

/** Checks everything that the header promises before a tensor is read. */
function readHeader(stored: Model): NativeModel {
  const { metadata } = stored;
  const version = metadata[NATIVE_KEYS.version] ?? 'none';
  if (version !== NATIVE_VERSION) {
    throw new UserError(
      'native-version',
      `${path.basename(stored.path)} has version ${version} of the native form; this program reads ${NATIVE_VERSION}.`,
      'Update Weightroom.',
    );
  }
  const coding = parseCoding(metadata);
  const files = new Map(stored.tensors.map((tensor) => [tensor.name, tensor]));
  const packed = new Map<string, PackedTensor>();
  const entries = parseTensors(metadata[NATIVE_KEYS.tensors]).map((tensor): TensorEntry => {
    const kept = tensor.packed ? undefined : files.get(tensor.name);
    if (tensor.packed === undefined) {
      if (kept === undefined) throw damaged(stored, `the tensor ${tensor.name} is missing`);
      return kept;
    }
    const found = findParts(stored, files, coding, { name: tensor.name, ...tensor.packed });
    packed.set(tensor.name, found);
    return found.entry;
  });
  if (new Set(entries.map((entry) => entry.name)).size !== entries.length) {
    throw damaged(stored, 'a tensor is listed twice');
  }
  return new NativeModel(stored, coding, entries, packed);
}

function parseCoding(metadata: Readonly<Record<string, string>>): NativeCoding {
  const number = (key: string) => Number(stringAt(metadata[key], key));
  const method = oneOfAt(metadata[NATIVE_KEYS.method], NATIVE_KEYS.method, QUANTIZATION_METHODS);
  const integer = { integer: true };
  return {
    method,
    bits: checkBits(method, number(NATIVE_KEYS.bits)),
    groupSize: numberAt(number(NATIVE_KEYS.groupSize), NATIVE_KEYS.groupSize, {
      min: 32,
      max: 2 ** 24,
      ...integer,
    }),
    seed: numberAt(number(NATIVE_KEYS.seed), NATIVE_KEYS.seed, { min: 0, max: 2 ** 32 - 1, ...integer }),
  };
}

function parseTensors(json: string | undefined): NativeTensor[] {
  const key = NATIVE_KEYS.tensors;
  let value: unknown;
  try {
    value = JSON.parse(stringAt(json, key));
  } catch (error) {
    if (error instanceof UserError) throw error;
    value = undefined;
  }
  return arrayAt(value, key).map((item, i) => {
    const tensor = objectAt(item, `${key}[${i}]`);
    const name = stringAt(tensor['name'], `${key}[${i}].name`);
    if (tensor['dtype'] === undefined) return { name };
    const shape = arrayAt(tensor['shape'], `${key}[${i}].shape`);
    return {
      name,
      packed: {
        dtype: oneOfAt(tensor['dtype'], `${key}[${i}].dtype`, ENCODABLE_DTYPES),
        shape: shape.map((d) => numberAt(d, `${key}[${i}].shape`, { min: 1, integer: true })),
      },
    };
  });
}

/** The parts of one tensor, each of the type and shape that the method prescribes. */
function findParts(
  stored: Model,
  files: ReadonlyMap<string, TensorEntry>,
  coding: NativeCoding,
  { name, dtype, shape }: Required<NativeTensor>['packed'] & { readonly name: string },
): PackedTensor {
  const size = elementCount(shape);
  // Every weight has codes in the file, so a larger size is false; a layout of it could be endless.
  if (!(size * coding.bits <= 8 * stored.bytes)) throw damaged(stored, `${name} has an impossible shape`);
  const layout = quantizationMethod(coding.method).layout(shape, coding);
  for (const part of layout) {
    const entry = files.get(partName(name, part));
    if (entry?.dtype !== part.dtype || entry.shape.join() !== part.shape.join()) {
      throw damaged(stored, `${partName(name, part)} is missing or has another type or shape`);
    }
  }
  const bytes = layout.reduce((sum, part) => sum + elementCount(part.shape) * DTYPE_BYTES[part.dtype], 0);
  return {
    entry: { name, dtype, shape, size, bytes },
    suffixes: layout.map((part) => part.suffix),
  };
}

function damaged({ path: file }: Model, what: string): UserError {
  return new UserError(
    'native-damaged',
    `${path.basename(file)} is damaged: ${what}.`,
    'Quantize the model again.',
  );
}
