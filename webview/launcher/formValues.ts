import type { TrainSpec } from '../../src/protocol/jobSpec';
import { UserError } from '../../src/protocol/userError';

/**
 * Reads a whole number out of a field; an empty field is `undefined`.
 * @throws UserError that names the field and what it takes
 */
export function wholeNumber(text: string, field: string, min: number, max: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new UserError(
    'malformed',
    `${field} should be a whole number from ${min} to ${max}, not “${trimmed}”.`,
    'Correct it, or leave it empty.',
  );
}

/**
 * Reads a number above 0 out of a field; an empty field is `undefined`.
 * @param below what the number must stay under
 * @throws UserError that names the field and what it takes
 */
export function decimalNumber(text: string, field: string, below: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  if (Number.isFinite(value) && value > 0 && value < below) return value;
  const range = Number.isFinite(below) ? `between 0 and ${below}` : 'above 0';
  throw new UserError(
    'malformed',
    `${field} should be a number ${range}, not “${trimmed}”.`,
    'Correct it, or leave it empty.',
  );
}

/**
 * Reads settings over an experiment's own, one `path=value` a line. A value that reads as a number, `true`
 * or `false` is one; everything else is text.
 * @throws UserError that quotes the line it does not understand
 */
export function readOverrides(text: string): TrainSpec['overrides'] {
  const overrides: Record<string, string | number | boolean> = {};
  for (const line of lines(text)) {
    const [, path, value] = /^([\w.[\]-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (path === undefined || value === undefined || value === '') {
      throw new UserError(
        'malformed',
        `“${line}” is not a setting.`,
        'Write one path=value a line, as optimizer.learningRate=0.01.',
      );
    }
    overrides[path] = readValue(value);
  }
  return overrides;
}

/** Lines that hold something, without the space around them. */
export function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
