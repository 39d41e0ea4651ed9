import type { EncodableDType } from '../../modelfile/dtype';
import { UserError } from '../../protocol/userError';
import type { JsonObject } from '../../protocol/validate';

/** Version of the layout that docs/native-format.md describes. */
export const NATIVE_VERSION = '1';

/** Keys of `__metadata__` in a native file; all others are the source's own. */
export const NATIVE_KEYS = {
  format: 'weightroom.format',
  version: 'weightroom.version',
  source: 'weightroom.source',
  tensors: 'weightroom.tensors',
  texts: 'weightroom.texts',
} as const;
const PREFIX = 'weightroom.';

/** The error for a file that a later version wrote. */
export function unknownVersion(found: unknown, known: number | string): UserError {
  return new UserError(
    'native-version',
    `The model has version ${String(found).slice(0, 20)} of the native form; this program reads ${known}.`,
    'Update Weightroom.',
  );
}

/** A tensor of the original model, as the header lists it. */
export interface NativeTensor {
  readonly name: string;
  /** What the bytes of a packed one do not say. */
  readonly packed?: PackedEntry;
}

export interface PackedEntry {
  /** Of the original. */
  readonly dtype: EncodableDType;
  readonly shape: readonly number[];
  /** Whoever reads the file asks a decoder of this name, see `decoderOf`. */
  readonly method: string;
  /** Whether the matrix was coded with its axes exchanged: {@link codedShape}. */
  readonly transposed: boolean;
  /** The method's own parameters. */
  readonly coding: JsonObject;
}

/** The `__metadata__` of a native file. `source` is the format that the model came from. */
export function nativeMetadata(
  source: { readonly format: string; readonly metadata: Readonly<Record<string, string>> },
  tensors: readonly NativeTensor[],
): Record<string, string> {
  const texts: string[] = [];
  const list = tensors.map((tensor) => listed(tensor, texts));
  return {
    ...foreignMetadata(source.metadata),
    [NATIVE_KEYS.format]: 'native',
    [NATIVE_KEYS.version]: NATIVE_VERSION,
    [NATIVE_KEYS.source]: source.format,
    [NATIVE_KEYS.tensors]: JSON.stringify(list),
    ...(texts.length > 0 && { [NATIVE_KEYS.texts]: JSON.stringify(texts) }),
  };
}

/** Parameters that are longer texts, such as tables, stand in the file once for all tensors. */
const LONGEST_PARAMETER = 200;

function listed({ name, packed }: NativeTensor, texts: string[]) {
  if (packed === undefined) return { name };
  const { dtype, shape, method, transposed, coding } = packed;
  const parameters = Object.entries(coding).map(([key, value]) => {
    if (typeof value !== 'string' || value.length <= LONGEST_PARAMETER) return [key, value];
    if (!texts.includes(value)) texts.push(value);
    return [key, { text: texts.indexOf(value) }];
  });
  return {
    name,
    dtype,
    shape,
    method,
    ...(transposed && { transposed }),
    ...(Object.fromEntries(parameters) as JsonObject),
  };
}

/** What the source's own tools wrote. */
export function foreignMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(PREFIX)));
}
