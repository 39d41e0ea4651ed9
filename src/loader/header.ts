import { DTYPE_BYTES } from '../modelfile/dtype';
import { MAX_HEADER_BYTES } from '../modelfile/limits';
import { DTYPES, type DType } from '../modelfile/model';
import { arrayAt, numberAt, objectAt, oneOfAt, stringAt } from '../protocol/validate';
import { damaged } from '../quantize/damage';
import { elementCount } from '../quantize/matrixShape';
import type { ByteQueue } from './byteQueue';

/** A tensor of a safetensors file, as its header has it. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly begin: number;
  readonly bytes: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes, which follow one another without a gap. */
  readonly tensors: readonly StoredTensor[];
  /** Of the whole file. */
  readonly fileBytes: number;
}

/**
 * Takes the header of a safetensors file from the front of a download.
 * @throws UserError `native-damaged`, `malformed`
 */
export async function takeHeader(queue: ByteQueue): Promise<SafetensorsHeader> {
  const prefix = new DataView((await queue.take(8)).buffer);
  const length = prefix.getUint32(0, true);
  if (prefix.getUint32(4, true) !== 0 || length > MAX_HEADER_BYTES) {
    throw damaged('it is no safetensors file');
  }
  const header = objectAt(parse(await queue.take(length)), 'the header');
  const metadata = objectAt(header['__metadata__'] ?? {}, '__metadata__');
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry))
    .sort((a, b) => a.begin - b.begin);
  let end = 0;
  for (const { name, begin, bytes } of tensors) {
    if (begin !== end) throw damaged(`${name} does not begin where the tensor before it ends`);
    end += bytes;
  }
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key, stringAt(value, `__metadata__.${key}`)]),
    ),
    tensors,
    fileBytes: 8 + length + end,
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('its header cannot be read');
  }
}

function readEntry(name: string, value: unknown): StoredTensor {
  const entry = objectAt(value, name);
  const dtype = oneOfAt(entry['dtype'], `${name}.dtype`, DTYPES);
  const whole = { min: 0, integer: true };
  const shape = arrayAt(entry['shape'], `${name}.shape`).map((d) => numberAt(d, `${name}.shape`, whole));
  const [begin, end] = arrayAt(entry['data_offsets'], `${name}.data_offsets`).map((offset) =>
    numberAt(offset, `${name}.data_offsets`, whole),
  );
  const bytes = elementCount(shape) * DTYPE_BYTES[dtype];
  if (begin === undefined || end === undefined || end - begin !== bytes) {
    throw damaged(`the place of ${name} does not fit its shape`);
  }
  return { name, dtype, shape, begin, bytes };
}
