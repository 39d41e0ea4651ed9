/** What the demo prints: headings, lines that rewrite themselves on a terminal, and tables. */

export function heading(text: string): void {
  console.log(`\n${text}\n${'─'.repeat(text.length)}`);
}

const onTerminal = process.stdout.isTTY;
let lastLine = 0;

/** Shows passing progress: rewritten in place on a terminal, at most a line every 10 s elsewhere. */
export function progress(text: string): void {
  if (onTerminal) {
    // A longer line would wrap, and could not be rewritten.
    process.stdout.write(`\r\u001b[K  ${text.slice(0, (process.stdout.columns || 80) - 3)}`);
  } else if (Date.now() - lastLine > 10_000) {
    lastLine = Date.now();
    console.log(`  ${text}`);
  }
}

/** Clears what {@link progress} left. */
export function progressDone(): void {
  if (onTerminal) process.stdout.write('\r\u001b[K');
}

/** A paragraph under a table. */
export function printNote(text: string): void {
  console.log(`  ${text.replaceAll(/(.{1,96})(?: |$)/g, '$1\n  ').trim()}`);
}

export type Cell = string | number;

/** Prints rows under a header, the first column to the left and the others to the right. */
export function printTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => (row[c] ?? '').length)));
  const lines = cells.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('   '),
  );
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('   '));
  console.log(lines.map((line) => `  ${line}`).join('\n'));
}
