export interface TextColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align: 'left' | 'right';
}

/** Rows of text as aligned columns, two spaces apart, under their titles. Each row has a cell a column. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((width, row) => Math.max(width, row[i]!.length), title.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (columns[i]!.align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join('\n');
}
