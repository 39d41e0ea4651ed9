const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Reads a number of bytes, `12000000`, `12 MB`, `11.5MiB`; `undefined` for any other text. */
export function readByteCount(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  const bytes = Math.floor(Number(number) * (factor ?? 0));
  return number !== '' && Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}
