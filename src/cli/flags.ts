/** Readers of flags' values. What they throw names the flag and what is allowed. */
import { InvalidArgumentError } from 'commander';

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Allowed is a whole number ${range}.`);
  };
}

/** Gathers the values of a flag that may be given several times. */
export function repeated(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

export type Overrides = Readonly<Record<string, string | number | boolean>>;

/** `path=value`, several times; `true`, `false` and numbers are what they look like. */
export function override(text: string, before: Overrides): Overrides {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    throw new InvalidArgumentError('Allowed is path=value, for example optimizer.learningRate=0.01.');
  }
  return { ...before, [text.slice(0, equals)]: literal(text.slice(equals + 1)) };
}

function literal(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : text;
}
