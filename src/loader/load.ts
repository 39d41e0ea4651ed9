import type { io } from '@tensorflow/tfjs';
import { PACKED_KEY, PACKED_VERSION } from '../modelfile/packedMember';
import { UserError } from '../protocol/userError';
import { arrayAt, objectAt, stringAt, type JsonObject } from '../protocol/validate';
import { unknownVersion } from '../quantize/native/header';
import { beside, openStream, readText, type ByteStream } from './download';
import { notNative } from './notNative';
import { decodeStream, type LoadedTensor, type LoadedTensors } from './tensors';

export type { LoadedTensor } from './tensors';

export interface LoadOptions {
  /** Is told the share of the weights that has arrived, from 0 to 1, and the bytes. */
  readonly onProgress?: (fraction: number, bytes: number) => void;
}

/**
 * Where TensorFlow.js loads a model in the native form from: give it to `tf.loadGraphModel` or
 * `tf.loadLayersModel` in the place of the address. Chunks are decoded while the rest is on its way.
 *
 * ```js
 * const model = await tf.loadGraphModel(loadQuantized('model.w3.json'));
 * ```
 *
 * @param location address of the `model.json`; in Node also a path
 * @throws UserError (from `load`) `download-failed`, `not-native`, `native-version`, `native-damaged`
 */
export function loadQuantized(location: string, options: LoadOptions = {}): io.IOHandler {
  return { load: () => loadArtifacts(location, options) };
}

/**
 * Loads the tensors of a safetensors file in the native form, in the order of the original.
 * @param location address of the file; in Node also a path
 * @throws UserError `download-failed`, `native-version`, `native-damaged`
 */
export async function loadQuantizedTensors(
  location: string,
  { onProgress = ignore }: LoadOptions = {},
): Promise<LoadedTensors> {
  return decodeStream(await openStream(location), onProgress);
}

async function loadArtifacts(
  location: string,
  { onProgress = ignore }: LoadOptions,
): Promise<io.ModelArtifacts> {
  const { [PACKED_KEY]: packed, ...described } = await readModelJson(location);
  if (packed === undefined) throw notNative(location);
  const { version, paths } = objectAt(packed, PACKED_KEY);
  if (version !== PACKED_VERSION) throw unknownVersion(version, PACKED_VERSION);
  const locations = arrayAt(paths, `${PACKED_KEY}.paths`).map((name, i) =>
    beside(location, stringAt(name, `${PACKED_KEY}.paths[${i}]`)),
  );
  const { tensors } = await decodeStream(oneAfterAnother(locations), onProgress);
  return {
    ...described,
    modelTopology: objectAt(described['modelTopology'], 'modelTopology'),
    weightSpecs: tensors.map(weightSpec),
    weightData: concatenate(tensors),
  };
}

async function readModelJson(location: string): Promise<JsonObject> {
  const text = await readText(location);
  try {
    return objectAt(JSON.parse(text), 'model.json');
  } catch (cause) {
    throw new UserError('not-native', `${location} is not a model.json.`, 'Give the address of one.', {
      cause,
    });
  }
}

/** The files of the weights, the next one under way while one is decoded. */
async function* oneAfterAnother(locations: readonly string[]): ByteStream {
  let next = locations[0] === undefined ? undefined : openStream(locations[0]);
  for (let i = 0; next !== undefined; i++) {
    const stream = await next;
    const following = locations[i + 1];
    next = following === undefined ? undefined : openStream(following);
    // It is awaited later; a failure until then is not an unhandled one.
    next?.catch(ignore);
    yield* stream;
  }
}

const TYPE_OF: Readonly<Partial<Record<LoadedTensor['dtype'], 'int32' | 'bool'>>> = {
  I32: 'int32',
  BOOL: 'bool',
};

function weightSpec({ name, dtype, shape }: LoadedTensor): io.WeightsManifestEntry {
  return { name, shape: [...shape], dtype: TYPE_OF[dtype] ?? 'float32' };
}

function concatenate(tensors: readonly LoadedTensor[]): ArrayBuffer {
  const bytes = new Uint8Array(tensors.reduce((sum, { values }) => sum + values.byteLength, 0));
  let end = 0;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), end);
    end += values.byteLength;
  }
  return bytes.buffer;
}

function ignore(): void {
  // Nobody asked.
}
