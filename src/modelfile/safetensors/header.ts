import { readRange, slice, type Concatenation } from '../concatenation';
import { DTYPE_BYTES } from '../dtype';
import { badFile } from '../fileErrors';
import { JsonReader, quoted } from '../jsonReader';
import { MAX_HEADER_BYTES, MAX_METADATA_BYTES, MAX_METADATA_PAIRS, MAX_TENSORS } from '../limits';
import { DTYPES, type DType, type TensorEntry } from '../model';
import type { StoredTensor } from '../storedModel';
import { byteLength, checkName, readShape } from '../tensorShape';

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their data. */
  readonly tensors: readonly StoredTensor[];
}

/**
 * Reads and checks the header of a safetensors file: eight bytes of little-endian length, then JSON
 * `{name: {dtype, shape, data_offsets: [begin, end]}}` with the optional `__metadata__` of texts. The
 * tensors must cover the data exactly, without gap or overlap, as the format demands.
 * @param source the bytes of the file, which may lie in several
 * @param file named in errors
 * @throws UserError for each way in which a file can be wrong
 */
export async function readSafetensorsHeader(source: Concatenation, file: string): Promise<SafetensorsHeader> {
  if (source.length < 8) throw badFile('file-truncated', file, 'is shorter than the smallest header');
  const prefix = await readRange(source, 0, 8);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw badFile(
      'header-too-large',
      file,
      `announces a header of ${length} bytes, more than ${MAX_HEADER_BYTES}`,
      'This is probably not a safetensors file; check where it came from.',
    );
  }
  const start = 8 + Number(length);
  if (start > source.length) throw badFile('file-truncated', file, 'ends within its header');
  const bytes = await readRange(source, 8, Number(length));
  const data = slice(source, start);
  const { metadata, tensors } = parseHeader(bytes, data, file);
  tensors.sort((a, b) => a.begin - b.begin || a.entry.bytes - b.entry.bytes);
  checkCoverage(tensors, data.length, file);
  return { metadata, tensors };
}

function parseHeader(bytes: Uint8Array, data: Concatenation, file: string) {
  const reader = new JsonReader(bytes, file);
  const tensors: StoredTensor[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  reader.object(
    'the header',
    (name) => {
      if (name === '__metadata__') {
        metadata = readMetadata(reader, file);
      } else {
        checkName(name, file);
        const { entry, begin } = readEntry(reader, name, file);
        tensors.push({ entry, data, begin });
      }
    },
    { most: MAX_TENSORS, excess: 'too-many-tensors', repeated: 'duplicate-tensor' },
  );
  reader.end();
  return { metadata, tensors };
}

function readMetadata(reader: JsonReader, file: string): Readonly<Record<string, string>> {
  const pairs: [string, string][] = [];
  const start = reader.position;
  reader.object(
    '__metadata__',
    (key) => {
      pairs.push([key, reader.string(`__metadata__ ${quoted(key)}`)]);
      if (reader.reached - start > MAX_METADATA_BYTES) {
        throw badFile('metadata-too-large', file, `has more than ${MAX_METADATA_BYTES} bytes of metadata`);
      }
    },
    { most: MAX_METADATA_PAIRS, excess: 'metadata-too-large' },
  );
  return Object.fromEntries(pairs);
}

function readEntry(reader: JsonReader, name: string, file: string) {
  let dtype: DType | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  reader.object(`the entry of ${quoted(name)}`, (key) => {
    if (key === 'dtype') dtype = readDType(reader, name, file);
    else if (key === 'shape') shape = readShape(reader, name, file);
    else if (key === 'data_offsets') offsets = readOffsets(reader, name);
    else reader.skip();
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw reader.malformed(`the entry of ${quoted(name)}`, 'dtype, shape and data_offsets');
  }
  const [begin, end] = offsets as [number, number];
  const { size, bytes } = byteLength(shape, DTYPE_BYTES[dtype], name, file);
  if (end - begin !== bytes) {
    throw badFile(
      'shape-mismatch',
      file,
      `gives ${quoted(name)} ${end - begin} bytes where its shape and type need ${bytes}`,
    );
  }
  const entry: TensorEntry = { name, dtype, shape, size, bytes };
  return { entry, begin };
}

function readDType(reader: JsonReader, name: string, file: string): DType {
  const text = reader.string(`the dtype of ${quoted(name)}`);
  const dtype = DTYPES.find((known) => known === text);
  if (dtype === undefined) {
    throw badFile(
      'unknown-dtype',
      file,
      `stores ${quoted(name)} as ${quoted(text)}, a type that is not known here`,
      `Convert the tensor to one of ${DTYPES.join(', ')}.`,
    );
  }
  return dtype;
}

function readOffsets(reader: JsonReader, name: string): readonly number[] {
  const what = `the data_offsets of ${quoted(name)}`;
  const offsets: number[] = [];
  reader.array(what, (index) => {
    if (index === 2) throw reader.malformed(what, 'two numbers');
    offsets.push(reader.wholeNumber(what));
  });
  if (offsets.length !== 2) throw reader.malformed(what, 'two numbers');
  return offsets;
}

/** Tensors, sorted, must follow one another from the first byte of the data to the last. */
function checkCoverage(tensors: readonly StoredTensor[], length: number, file: string): void {
  let covered = 0;
  for (const { entry, begin } of tensors) {
    const end = begin + entry.bytes;
    if (begin !== covered) {
      const name = quoted(entry.name);
      if (end > length) throw badFile('offsets-outside-file', file, `places ${name} behind the file's end`);
      if (begin < covered) throw badFile('offsets-overlap', file, `places ${name} over another tensor`);
      throw badFile('gap-in-file', file, `leaves ${begin - covered} unused bytes before ${name}`);
    }
    covered = end;
  }
  if (covered > length) {
    throw badFile('file-truncated', file, `should hold ${covered} bytes of tensors but holds ${length}`);
  }
  if (covered < length) {
    throw badFile('gap-in-file', file, `has ${length - covered} bytes behind its last tensor`);
  }
}
