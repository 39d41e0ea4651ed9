/** One value of an experiment that is plain data: what it may be. */
export interface Field {
  /** Completes the sentence `X should be …`. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  readonly required: boolean;
  /** Makes the value of what a person wrote in one line, where that is something else. */
  readonly read?: (written: string | number | boolean) => unknown;
}

function field(expected: string, accepts: (value: unknown) => boolean): Field {
  return { expected, accepts, required: true };
}

export function optional(inner: Field): Field {
  return { ...inner, required: false };
}

export const text: Field = {
  ...field('a text', (value) => typeof value === 'string' && value !== ''),
  read: String,
};

export const character = field('one character', (value) => typeof value === 'string' && value.length === 1);

export const flag = field('true or false', (value) => typeof value === 'boolean');

export const number = field('a number', (value) => Number.isFinite(value));

export const positive = field('a number above 0', (value) => Number.isFinite(value) && Number(value) > 0);

export const aboveOne = field('a number above 1', (value) => Number.isFinite(value) && Number(value) > 1);

export const notNegative = field(
  'a number of at least 0',
  (value) => Number.isFinite(value) && Number(value) >= 0,
);

export const texts: Field = {
  ...field(
    'a list of texts',
    (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''),
  ),
  read: listOf,
};

/** Below 1: a decay of 1 forgets nothing ever, a share of 1 leaves nothing for the rest. */
export const fraction = field(
  'a number from 0 up to, but not including, 1',
  (value) => typeof value === 'number' && value >= 0 && value < 1,
);

export const share = field(
  'a number between 0 and 1',
  (value) => typeof value === 'number' && value > 0 && value < 1,
);

export const count = field(
  'a whole number of at least 1',
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
);

export const counts: Field = {
  ...field(
    'a list of whole numbers of at least 1',
    (value) => Array.isArray(value) && value.every((item) => count.accepts(item)),
  ),
  read: (written) => listOf(written).map(Number),
};

export const seed = field(
  'a whole number from 0 to 4294967295',
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
);

export function oneOf(names: readonly string[]): Field {
  return field(`one of ${names.join(', ')}`, (value) => typeof value === 'string' && names.includes(value));
}

/** The parts between commas. */
function listOf(written: string | number | boolean): string[] {
  return String(written)
    .split(',')
    .map((part) => part.trim());
}
