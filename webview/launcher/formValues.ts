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

/** Which numbers a field takes: those above 0, or 0 too where `orZero`, and below `below`. */
export interface DecimalRange {
  readonly below: number;
  readonly orZero?: boolean;
}

/**
 * Reads a number out of a field; an empty field is `undefined`.
 * @throws UserError that names the field and what it takes
 */
export function decimalNumber(text: string, field: string, range: DecimalRange): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  const { below, orZero = false } = range;
  if (Number.isFinite(value) && (orZero ? value >= 0 : value > 0) && value < below) return value;
  throw new UserError(
    'malformed',
    `${field} should be a number ${inWords(range)}, not “${trimmed}”.`,
    'Correct it, or leave it empty.',
  );
}

function inWords({ below, orZero = false }: DecimalRange): string {
  if (!Number.isFinite(below)) return orZero ? 'of at least 0' : 'above 0';
  return orZero ? `from 0 up to, but not including, ${below}` : `between 0 and ${below}`;
}

/**
 * Reads whole numbers of at least 1 between commas; an empty field is `undefined`.
 * @throws UserError that names the field and what it takes
 */
export function wholeNumbers(text: string, field: string): readonly number[] | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const values = trimmed.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (values.every((value) => Number.isSafeInteger(value) && value >= 1)) return values;
  throw new UserError(
    'malformed',
    `${field} should be whole numbers of at least 1 with commas between, not “${trimmed}”.`,
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
