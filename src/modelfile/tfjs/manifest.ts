import { DTYPE_BYTES } from '../dtype';
import { badFile } from '../fileErrors';
import { quoted, type JsonReader } from '../jsonReader';
import { MAX_SHARDS, MAX_TENSORS } from '../limits';
import type { DType, TensorEntry } from '../model';
import { byteLength, checkName, readShape } from '../tensorShape';
import { storedWidth, type StockQuantization } from './stockQuantization';

/** A weight as the manifest describes it. */
export interface ManifestWeight {
  readonly entry: TensorEntry;
  readonly quantization?: StockQuantization;
}

/** Weights that lie one after another in a sequence of files. */
export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestWeight[];
}

const DTYPE_OF: ReadonlyMap<string, DType> = new Map([
  ['float32', 'F32'],
  ['int32', 'I32'],
  ['bool', 'BOOL'],
]);

/** The same the other way round. */
export const TYPE_OF: ReadonlyMap<DType, string> = new Map(
  Array.from(DTYPE_OF, ([type, dtype]) => [dtype, type]),
);

/** Reads `weightsManifest`: a list of groups `{paths, weights: [{name, shape, dtype, quantization?}]}`. */
export function readManifest(reader: JsonReader, file: string): readonly ManifestGroup[] {
  const groups: ManifestGroup[] = [];
  const paths = new Set<string>();
  const names = new Set<string>();
  reader.array('weightsManifest', () => {
    const group: { paths: string[]; weights: ManifestWeight[] } = { paths: [], weights: [] };
    reader.object('a group of weightsManifest', (key) => {
      if (key === 'paths') {
        reader.array('paths', () => {
          const shard = reader.string('paths');
          if (paths.has(shard)) throw badFile('duplicate-shard', file, `names ${quoted(shard)} twice`);
          if (paths.size === MAX_SHARDS) {
            throw badFile('too-many-shards', file, `names more than ${MAX_SHARDS} files`);
          }
          paths.add(shard);
          group.paths.push(shard);
        });
      } else if (key === 'weights') {
        reader.array('weights', () => {
          const weight = readWeight(reader, file);
          const { name } = weight.entry;
          if (names.has(name)) throw badFile('duplicate-tensor', file, `names ${quoted(name)} twice`);
          if (names.size === MAX_TENSORS) {
            throw badFile('too-many-tensors', file, `names more than ${MAX_TENSORS} tensors`);
          }
          names.add(name);
          group.weights.push(weight);
        });
      } else {
        reader.skip();
      }
    });
    // A group without files or weights costs next to nothing in the file, so it counts like one.
    if (groups.length === MAX_SHARDS) {
      throw badFile('too-many-shards', file, `has more than ${MAX_SHARDS} groups of weights`);
    }
    groups.push(group);
  });
  return groups;
}

function readWeight(reader: JsonReader, file: string): ManifestWeight {
  let name: string | undefined;
  let shape: readonly number[] | undefined;
  let type: string | undefined;
  let quantization: StockQuantization | undefined;
  reader.object('a weight', (key) => {
    const what = name === undefined ? 'a weight' : quoted(name);
    if (key === 'name') checkName((name = reader.string('the name of a weight')), file);
    else if (key === 'shape') shape = readShape(reader, name ?? 'a weight', file);
    else if (key === 'dtype') type = reader.string(`the dtype of ${what}`);
    else if (key === 'quantization') quantization = readQuantization(reader, what, file);
    else reader.skip();
  });
  if (name === undefined || shape === undefined || type === undefined) {
    throw reader.malformed('a weight', 'name, shape and dtype');
  }
  const dtype = DTYPE_OF.get(type);
  const packable = quantization?.dtype === 'float16' ? dtype === 'F32' : dtype !== 'BOOL';
  if (dtype === undefined || (quantization !== undefined && !packable)) {
    const stored = quantization === undefined ? type : `${type} in ${quantization.dtype}`;
    throw unknownType(file, name, stored, 'Convert the weight to float32, int32 or bool.');
  }
  const width = quantization === undefined ? DTYPE_BYTES[dtype] : storedWidth(quantization);
  // Decoded, a packed tensor takes up to four times its bytes: that size must be a number too.
  byteLength(shape, DTYPE_BYTES[dtype], name, file);
  const entry = { name, dtype, shape, ...byteLength(shape, width, name, file) };
  return quantization === undefined ? { entry } : { entry, quantization };
}

function readQuantization(reader: JsonReader, weight: string, file: string): StockQuantization {
  const what = `the quantization of ${weight}`;
  let type: string | undefined;
  let scale: number | undefined;
  let min: number | undefined;
  reader.object(what, (key) => {
    if (key === 'dtype') type = reader.string(what);
    else if (key === 'scale') scale = reader.finiteNumber(what);
    else if (key === 'min') min = reader.finiteNumber(what);
    else reader.skip();
  });
  if (type === 'float16') return { dtype: type };
  if (type !== 'uint8' && type !== 'uint16') {
    throw unknownType(
      file,
      weight,
      type ?? 'nothing',
      'Export the model again with uint8, uint16 or float16.',
    );
  }
  if (scale === undefined || min === undefined) throw reader.malformed(what, 'scale and min');
  return { dtype: type, scale, min };
}

function unknownType(file: string, name: string, type: string, remedy: string) {
  return badFile(
    'unknown-dtype',
    file,
    `stores ${quoted(name)} as ${quoted(type)}, a type that is not known here`,
    remedy,
  );
}
