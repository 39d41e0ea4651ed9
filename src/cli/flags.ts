/** Readers of flags' values. What they throw names the flag and what is allowed. */
import { InvalidArgumentError } from 'commander';
import { readByteCount } from '../protocol/byteCount';
import { readSettingValue, type Settings } from '../protocol/sweep';

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Allowed is a whole number ${range}.`);
  };
}

/** A number from `min` to `max`. */
export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Allowed is a number from ${min} to ${max}.`);
  };
}

/** A number of bytes: `12000000`, `12MB`, `11.5MiB`. */
export function byteCount(text: string): number {
  const bytes = readByteCount(text);
  if (bytes !== undefined) return bytes;
  throw new InvalidArgumentError('Allowed is a number of bytes, as 12000000, 12MB or 12MiB.');
}

/** Gathers the values of a flag that may be given several times. */
export function repeated(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** `path=value`, several times; `true`, `false` and numbers are what they look like. */
export function override(text: string, before: Settings): Settings {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    throw new InvalidArgumentError('Allowed is path=value, for example optimizer.learningRate=0.01.');
  }
  return { ...before, [text.slice(0, equals)]: readSettingValue(text.slice(equals + 1)) };
}
