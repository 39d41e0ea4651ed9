import type { ToRunPanel } from '../../src/protocol/messages';

/** Where a column lies in what follows the text, in numbers. */
interface ColumnPlace {
  readonly column: readonly [start: number, length: number];
}

/** A message as VS Code carries it between processes: JSON, and beside it the bytes of its columns. */
export function encodeMessage(message: ToRunPanel): Uint8Array {
  const columns: Float64Array[] = [];
  let numbers = 0;
  const json = JSON.stringify(message, (_key, value: unknown) => {
    if (!(value instanceof Float64Array)) return value;
    columns.push(value);
    numbers += value.length;
    return { column: [numbers - value.length, value.length] } satisfies ColumnPlace;
  });
  const text = new TextEncoder().encode(json);
  const head = aligned(8 + text.length);
  const bytes = new Uint8Array(head + 8 * numbers);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 8);
  const floats = new Float64Array(bytes.buffer, head);
  let at = 0;
  for (const column of columns) {
    floats.set(column, at);
    at += column.length;
  }
  return bytes;
}

/** The message that {@link encodeMessage} made these bytes from. */
export function decodeMessage(bytes: ArrayBuffer): ToRunPanel {
  const length = new DataView(bytes).getUint32(0);
  const text = new TextDecoder().decode(new Uint8Array(bytes, 8, length));
  const floats = new Float64Array(bytes, aligned(8 + length));
  return JSON.parse(text, (_key, value: unknown) => {
    if (!isPlace(value)) return value;
    const [start, count] = value.column;
    return floats.slice(start, start + count);
  }) as ToRunPanel;
}

function isPlace(value: unknown): value is ColumnPlace {
  return typeof value === 'object' && value !== null && 'column' in value && Array.isArray(value.column);
}

/** Columns start at a multiple of their numbers' size. */
function aligned(bytes: number): number {
  return 8 * Math.ceil(bytes / 8);
}
