import type { Column, DataSet, Split } from './dataSet';

/** A data set whose training examples lie in memory that threads share, so that batches are assembled ahead. */
export function inSharedMemory(data: DataSet): DataSet {
  const { x, y, targets, ...split } = data.train;
  const moved = new Map([x, y, ...Object.values(targets ?? {})].map((column) => [column, shared(column)]));
  const of = (column: Column): Column => moved.get(column)!;
  const own =
    targets && Object.fromEntries(Object.entries(targets).map(([name, column]) => [name, of(column)]));
  return { ...data, train: { ...split, x: of(x), y: of(y), ...(own && { targets: own }) } };
}

/** Whether a thread can read it where it is. */
export function isShared({ x, y, targets = {} }: Split): boolean {
  return [x, y, ...Object.values(targets)].every(({ values }) => values.buffer instanceof SharedArrayBuffer);
}

function shared(column: Column): Column {
  const { values } = column;
  const memory = new SharedArrayBuffer(values.byteLength);
  return { ...column, values: copied(values, memory) };
}

function copied(values: Column['values'], memory: SharedArrayBuffer): Column['values'] {
  const copy =
    values instanceof Float32Array
      ? new Float32Array(memory)
      : values instanceof Int32Array
        ? new Int32Array(memory)
        : new Uint8Array(memory);
  copy.set(values);
  return copy;
}
