import type { EncodableDType } from '../../modelfile/dtype';
import type { TensorEntry } from '../../modelfile/model';
import type { NewTensor } from '../../modelfile/write';
import type { QuantizationMethodId } from '../../protocol/jobSpec';
import type { PackedPart, QuantizationMethod } from '../partsMethod';

/** Version of the layout that docs/native-format.md describes. */
export const NATIVE_VERSION = '1';

/** Keys of `__metadata__` in a native file; all others are the source's own. */
export const NATIVE_KEYS = {
  format: 'weightroom.format',
  version: 'weightroom.version',
  method: 'weightroom.method',
  bits: 'weightroom.bits',
  groupSize: 'weightroom.groupSize',
  seed: 'weightroom.seed',
  source: 'weightroom.source',
  tensors: 'weightroom.tensors',
} as const;
const PREFIX = 'weightroom.';

/** How the tensors of a native file were quantized. */
export interface NativeCoding {
  readonly method: QuantizationMethodId;
  readonly bits: number;
  readonly groupSize: number;
  readonly seed: number;
}

/** A tensor of the original model, in its order; a packed one with what its parts do not say. */
export interface NativeTensor {
  readonly name: string;
  readonly packed?: { readonly dtype: EncodableDType; readonly shape: readonly number[] };
}

/** The `__metadata__` of a native file. `source` is the format that the model came from. */
export function nativeMetadata(
  coding: NativeCoding,
  source: { readonly format: string; readonly metadata: Readonly<Record<string, string>> },
  tensors: readonly NativeTensor[],
): Record<string, string> {
  return {
    ...foreignMetadata(source.metadata),
    [NATIVE_KEYS.format]: 'native',
    [NATIVE_KEYS.version]: NATIVE_VERSION,
    [NATIVE_KEYS.method]: coding.method,
    [NATIVE_KEYS.bits]: String(coding.bits),
    [NATIVE_KEYS.groupSize]: String(coding.groupSize),
    [NATIVE_KEYS.seed]: String(coding.seed),
    [NATIVE_KEYS.source]: source.format,
    [NATIVE_KEYS.tensors]: JSON.stringify(tensors.map(({ name, packed }) => ({ name, ...packed }))),
  };
}

/** What the source's own tools wrote. */
export function foreignMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(PREFIX)));
}

/** Name of one part of a packed tensor in the file. */
export function partName(tensor: string, { suffix }: Pick<PackedPart, 'suffix'>): string {
  return `${tensor}.${suffix}`;
}

/** The tensors that a native file stores, in the order in which they are written. */
export function nativeEntries(
  tensors: readonly { readonly entry: TensorEntry; readonly packed: boolean }[],
  method: QuantizationMethod,
  coding: NativeCoding,
): NewTensor[] {
  return tensors.flatMap(({ entry, packed }): NewTensor[] => {
    if (!packed) return [entry];
    return method.layout(entry.shape, coding).map((part) => ({
      name: partName(entry.name, part),
      dtype: part.dtype,
      shape: part.shape,
    }));
  });
}
