/** A field with a number, and who reads it. */
export interface FieldWatch {
  /**
   * Recognizes a value that was made of the field's number, or of its negative, after that was last read.
   * @returns how to make it again of what the field holds then; `undefined` for a value of another origin
   */
  recognize(value: number): (() => number) | undefined;
  restore(): void;
}

/** Listens to the readers of a field of one object. */
export function watchField(owner: object, field: string): FieldWatch {
  const read = (): number => Number(Reflect.get(owner, field));
  const own = Object.getOwnPropertyDescriptor(owner, field);
  const held = read();
  let isAwaited = false;
  Object.defineProperty(owner, field, {
    configurable: true,
    enumerable: true,
    get: () => {
      isAwaited = true;
      return held;
    },
  });
  return {
    recognize: (value) => {
      const number = Math.fround(held);
      if (!isAwaited || !Object.is(Math.abs(value), Math.abs(number))) return undefined;
      isAwaited = false;
      return Object.is(value, number) ? read : () => -read();
    },
    restore: () => {
      if (own === undefined) Reflect.deleteProperty(owner, field);
      else Object.defineProperty(owner, field, own);
    },
  };
}
