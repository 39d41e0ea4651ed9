/** A value to post, and the buffers in it that move to the receiver. */
export interface Transfer {
  readonly value: unknown;
  readonly transfer: ArrayBuffer[];
}

type TypedArray = NodeJS.TypedArray;

/**
 * A copy of plain data for another thread. A typed array is copied alone, not the buffer that it is a view
 * of, as `postMessage` would do.
 */
export function copyForThread(value: unknown): Transfer {
  const transfer: ArrayBuffer[] = [];
  return { value: map(value, (array) => moved(array.slice(), transfer)), transfer };
}

/**
 * Plain data to give away to another thread: typed arrays that own their buffers move there, views of
 * larger buffers are copied.
 */
export function giveToThread(value: unknown): Transfer {
  const transfer: ArrayBuffer[] = [];
  const give = (array: TypedArray) => {
    const owner = array.byteLength === array.buffer.byteLength;
    return moved(owner ? array : array.slice(), transfer);
  };
  return { value: map(value, give), transfer };
}

function moved(array: TypedArray, transfer: ArrayBuffer[]): TypedArray {
  const { buffer } = array;
  if (buffer instanceof ArrayBuffer && !transfer.includes(buffer)) transfer.push(buffer);
  return array;
}

/** The same data with every typed array replaced. */
function map(value: unknown, replace: (array: TypedArray) => TypedArray): unknown {
  if (ArrayBuffer.isView(value)) return replace(value as TypedArray);
  if (Array.isArray(value)) return value.map((item) => map(item, replace));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, replace)]));
  }
  return value;
}
