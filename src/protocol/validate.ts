/**
 * Readers of untrusted JSON. Each takes a value and the path that names it in messages
 * (`spec.bits`), and returns the value typed or throws a {@link UserError}.
 */
import { UserError } from './userError';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The error for a value that does not have the shape it should. */
export function malformed(path: string, expected: string): UserError {
  return new UserError(
    'malformed',
    `${path} should be ${expected}.`,
    'Correct the value, or make the file again.',
  );
}

export function objectAt(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(path, 'an object');
  return value as JsonObject;
}

export function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(path, 'a list');
  return value;
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw malformed(path, 'a text');
  return value;
}

export function booleanAt(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw malformed(path, 'true or false');
  return value;
}

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

export function numberAt(value: unknown, path: string, range: NumberRange = {}): number {
  const { min = -Infinity, max = Infinity, integer = false } = range;
  if (typeof value !== 'number' || Number.isNaN(value) || value < min || value > max) {
    throw malformed(path, `a number${describeRange(range)}`);
  }
  if (integer && !Number.isSafeInteger(value)) throw malformed(path, `a whole number${describeRange(range)}`);
  return value;
}

function describeRange({ min, max }: NumberRange): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  if (max !== undefined) return ` of at most ${max}`;
  return '';
}

export function oneOfAt<T extends string>(value: unknown, path: string, allowed: readonly T[]): T {
  if (typeof value !== 'string' || !(allowed as readonly string[]).includes(value)) {
    throw malformed(path, `one of ${allowed.join(', ')}`);
  }
  return value as T;
}

/** Applies a reader where the value is there, and leaves `undefined` alone. */
export function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}
