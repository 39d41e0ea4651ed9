import type { Model, TensorEntry } from '../modelfile/model';
import { packedDestination } from '../modelfile/packedOutput';
import { safetensorsLength, type NewTensor } from '../modelfile/write';
import { METHOD_OFFERS, type QuantizeSpec } from '../protocol/jobSpec';
import { UserError } from '../protocol/userError';
import { nativeMetadata, type NativeTensor } from './native/header';
import type { NewPackedTensor } from './native/write';

/** Characters of JSON that a packed tensor's own parameters may take in the header. */
const CODING_CHARACTERS = 128;

/** What is wanted of every tensor of a model. */
export type TensorFate =
  | { readonly entry: NewPackedTensor['entry']; readonly reason?: undefined }
  | { readonly entry: TensorEntry; readonly reason: string };

/**
 * Bytes that the packed tensors of a native output may take together for all its files to take `size`:
 * what is left beside the header, the kept tensors and the topology of a TensorFlow.js model.
 * @throws UserError `size-not-reachable` where the method has no number of bits for it
 */
export async function packedBudget(
  source: Model,
  fates: readonly TensorFate[],
  { method, output }: Pick<QuantizeSpec, 'method' | 'output'>,
  size: number,
): Promise<number> {
  const { index } = await packedDestination(source, output).layOut(size);
  const packed = fates.flatMap(({ entry, reason }) => (reason === undefined ? [entry] : []));
  const weights = packed.reduce((sum, entry) => sum + entry.size, 0);
  const overhead = lengthWithoutCodes(source, fates) + (index?.bytes.length ?? 0);
  const budget = size - overhead;
  const { bits } = METHOD_OFFERS[method];
  const [least, most] =
    'whole' in bits ? [Math.min(...bits.whole), Math.max(...bits.whole)] : [bits.from, bits.to];
  const bytesAt = (b: number) => overhead + Math.ceil((b * weights) / 8);
  if (size < bytesAt(least)) {
    throw new UserError(
      'size-not-reachable',
      `${size} bytes are too few: at ${least} bits a weight the model takes ${bytesAt(least)}.`,
      'Ask for more, or keep fewer tensors.',
    );
  }
  if (size > bytesAt(most)) {
    throw new UserError(
      'size-not-reachable',
      `${size} bytes are more than the model can use: at ${most} bits a weight it takes ${bytesAt(most)}.`,
      'Ask for less.',
    );
  }
  return budget;
}

/** Bytes of the safetensors file without those of the packed tensors; its header as long as it may get. */
function lengthWithoutCodes(source: Model, fates: readonly TensorFate[]): number {
  const tensors: NativeTensor[] = [];
  const entries: NewTensor[] = [];
  let codes = 0;
  for (const { entry, reason } of fates) {
    const { name, shape } = entry;
    if (reason !== undefined) {
      tensors.push({ name });
      entries.push(entry);
      continue;
    }
    const coding = { '': 'x'.repeat(CODING_CHARACTERS) };
    tensors.push({ name, packed: { dtype: entry.dtype, shape, method: '', transposed: true, coding } });
    // No code is longer than a byte a weight, so no offset gets more digits than these.
    entries.push({ name, dtype: 'U8', shape: [entry.size] });
    codes += entry.size;
  }
  return safetensorsLength(entries, nativeMetadata(source, tensors)) - codes;
}
