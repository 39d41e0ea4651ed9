/**
 * Comma-separated values after RFC 4180, lines ended by a single line feed. Numbers keep every digit that
 * tells them apart from their neighbours; a missing value is an empty field.
 */
export function toCsv(
  header: readonly string[],
  rows: Iterable<readonly (string | number | undefined)[]>,
): string {
  const lines = [header.map(field).join(',')];
  for (const row of rows) lines.push(row.map(field).join(','));
  return lines.join('\n') + '\n';
}

function field(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file name out of a title: `Loss: MNIST / two layers` becomes `loss-mnist-two-layers`. */
export function fileName(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'chart' : name;
}
