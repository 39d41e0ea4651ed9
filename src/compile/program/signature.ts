import type { FusedOperation, Program, ValueIndex } from './program';

/** What a fused operation computes from what, as text: equal for two that differ only in where they stand. */
export function signatureOf(
  { operations, inputs, outputs }: FusedOperation,
  values: Program['values'],
): string {
  const names = new Map<ValueIndex, string>();
  const typed = (index: ValueIndex): string => `${values[index]!.dtype}[${values[index]!.shape.join()}]`;
  inputs.forEach((input, i) => names.set(input, `in${i}:${typed(input)}`));
  const nameOf = (index: ValueIndex): string => {
    const name = names.get(index);
    if (name !== undefined) return name;
    const value = values[index]!;
    if (value.kind !== 'constant') throw new Error('A fused operation uses what it does not have.');
    return `${typed(index)}{${Array.from(value.data, (x) => (Object.is(x, -0) ? '-0' : x)).join()}}`;
  };
  const lines = operations.map(({ name, attributes, inputs: taken, outputs: [output] }, i) => {
    const line = `${name}(${taken.map(nameOf).join(';')})${JSON.stringify(attributes)}`;
    names.set(output!, `op${i}:${typed(output!)}`);
    return line;
  });
  return [...lines, outputs.map(nameOf).join()].join('\n');
}
