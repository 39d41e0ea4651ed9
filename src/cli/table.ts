import { stripVTControlCharacters } from 'node:util';
import type { Style } from './style';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

/** Aligned columns under their titles and a thin rule. Cells may be coloured. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[i] ?? '')), displayWidth(title)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const padding = ' '.repeat((widths[i] ?? 0) - displayWidth(cell));
        return columns[i]?.right ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [
    style.bold(line(columns.map(({ title }) => title))),
    style.dim(widths.map((width) => '─'.repeat(width)).join('  ')),
    ...rows.map(line),
  ].join('\n');
}

/** Names and values under one another, the values aligned. */
export function renderFacts(facts: readonly (readonly [string, string])[], style: Style): string {
  const width = Math.max(...facts.map(([name]) => displayWidth(name)));
  return facts.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${value}`).join('\n');
}

function displayWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
