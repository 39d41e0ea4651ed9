import { ENCODABLE_DTYPES } from '../../modelfile/dtype';
import { MAX_RANK, MAX_TENSORS } from '../../modelfile/limits';
import { arrayAt, numberAt, objectAt, oneOfAt, stringAt } from '../../protocol/validate';
import { damaged } from '../damage';
import { elementCount } from '../matrixShape';
import { NATIVE_KEYS, NATIVE_VERSION, unknownVersion, type NativeTensor, type PackedEntry } from './header';

/**
 * Reads the list of tensors from the metadata of a native file.
 * @throws UserError `native-version`, `malformed`, `native-damaged`
 */
export function readListing(metadata: Readonly<Record<string, string>>): readonly NativeTensor[] {
  const version = metadata[NATIVE_KEYS.version] ?? 'none';
  if (version !== NATIVE_VERSION) throw unknownVersion(version, NATIVE_VERSION);
  const key = NATIVE_KEYS.tensors;
  const list = arrayAt(parse(stringAt(metadata[key], key)), key);
  const texts = readTexts(metadata[NATIVE_KEYS.texts]);
  if (list.length > MAX_TENSORS) throw damaged(`it lists more than ${MAX_TENSORS} tensors`);
  const names = new Set<string>();
  return list.map((item, i) => {
    const tensor = readTensor(item, `${key}[${i}]`, texts);
    if (names.has(tensor.name)) throw damaged(`${tensor.name} is listed twice`);
    names.add(tensor.name);
    return tensor;
  });
}

/** Long parameters, which tensors name by number. */
function readTexts(json: string | undefined): readonly string[] {
  if (json === undefined) return [];
  const key = NATIVE_KEYS.texts;
  return arrayAt(parse(json), key).map((text, i) => stringAt(text, `${key}[${i}]`));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readTensor(item: unknown, path: string, texts: readonly string[]): NativeTensor {
  const { name, dtype, shape, method, transposed, ...coding } = objectAt(item, path);
  const tensor = { name: stringAt(name, `${path}.name`) };
  if (dtype === undefined) return tensor;
  const dimensions = arrayAt(shape, `${path}.shape`).map((dimension) =>
    numberAt(dimension, `${path}.shape`, { min: 1, integer: true }),
  );
  if (dimensions.length > MAX_RANK || !Number.isSafeInteger(elementCount(dimensions))) {
    throw damaged(`${tensor.name} has an impossible shape`);
  }
  const packed: PackedEntry = {
    dtype: oneOfAt(dtype, `${path}.dtype`, ENCODABLE_DTYPES),
    shape: dimensions,
    method: stringAt(method, `${path}.method`),
    transposed: transposed === true,
    coding: Object.fromEntries(
      Object.entries(coding).map(([key, value]) => [key, resolve(value, `${path}.${key}`, texts)]),
    ),
  };
  return { ...tensor, packed };
}

/** A parameter, or the text whose number stands in its place. */
function resolve(value: unknown, path: string, texts: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !('text' in value)) return value;
  return texts[numberAt(value.text, `${path}.text`, { min: 0, max: texts.length - 1, integer: true })]!;
}
