/**
 * One document for a program to read. JSON has no NaN and no infinities: they are the texts `NaN`,
 * `Infinity` and `-Infinity`, as in journals.
 */
export function toJson(document: unknown): string {
  return JSON.stringify(
    document,
    (_key, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    2,
  );
}
