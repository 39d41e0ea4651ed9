import type { Random } from '../../../src/math/random';

/** Texts that are put where a file has a number. */
const NUMBERS = [
  '0', '1', '-1', '0.5', '1e3', '1e999', '-0', '255', '65536', '2147483647', '4294967295', '4294967296',
  '1099511627776', '9007199254740991', '9007199254740992', '18446744073709551615', 'NaN', 'null', '""', '[]',
]; // prettier-ignore

/** Texts that are put where a file has a text. */
const TEXTS = [
  '""', '"../x"', '"/etc/passwd"', '"a\\\\b"', '"\\u0000"', '"__proto__"', '"__metadata__"', '"constructor"',
  '"F64"', '"F8_E4M3"', '"BOOL"', '"I64"', '"float32"', '"int32"', '"bool"', '"string"', '"uint8"', '"float16"',
  '"\\ud800"', '"\\x"', '7', 'null', '{}', '[[]]',
]; // prettier-ignore

type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Damages of raw bytes, from one flipped bit to a file cut short. */
const BINARY: readonly Mutation[] = [
  (bytes, random) => {
    const flipped = Buffer.from(bytes);
    for (let i = random.integer(8); i >= 0; i--) {
      const at = random.integer(flipped.length);
      flipped[at] = flipped[at]! ^ (1 << random.integer(8));
    }
    return flipped;
  },
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  (bytes, random) => bytes.subarray(0, bytes.length - 1 - random.integer(Math.min(16, bytes.length))),
  (bytes, random) => {
    const [from, to] = range(bytes.length, 64, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = range(bytes.length, 256, random);
    const at = random.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const noise = Buffer.from(Array.from({ length: 1 + random.integer(32) }, () => random.integer(256)));
    const at = random.integer(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
];

/** Edits of JSON that mostly leave it JSON, so that the checks behind the syntax are reached. */
const TEXTUAL: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => replaceOne(text, /-?\d+(\.\d+)?/g, NUMBERS, random),
  (text, random) => replaceOne(text, /"(?:[^"\\]|\\.)*"/g, TEXTS, random),
  (text, random) => replaceOne(text, /[{}[\],:]/g, ['{', '}', '[', ']', ',', ':', ''], random),
  (text, random) => replaceOne(text, /\d/g, [String(random.integer(10))], random),
  // A pair or an element twice.
  (text, random) =>
    replaceWith(text, /"[^"]*":\{[^{}]*\},?|"[^"]*":"[^"]*",?|\d+,/g, (found) => found + found, random),
  (text, random) => replaceWith(text, /"[^"]*":\{[^{}]*\},?|"[^"]*":"[^"]*",?|\d+,/g, () => '', random),
  (text, random) => {
    const depth = random.integer(3000);
    return replaceOne(
      text,
      /\d+|"[^"]*"/g,
      ['['.repeat(depth), '[1,'.repeat(depth), '{"a":'.repeat(depth)],
      random,
    );
  },
  // Two values exchanged.
  (text, random) => {
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return text;
    const other = numbers[random.integer(numbers.length)]![0];
    return replaceOne(text, /\d+/g, [other], random);
  },
];

/**
 * One to three damages of a file. Where the file is safetensors its header's length is mended in most
 * cases after an edit of the JSON; else every edit would be refused for that alone.
 */
export function mutate(bytes: Buffer, kind: 'safetensors' | 'json' | 'binary', random: Random): Buffer {
  let mutant = bytes;
  for (let i = random.integer(3); i >= 0; i--) mutant = mutateOnce(mutant, kind, random);
  return mutant;
}

function mutateOnce(bytes: Buffer, kind: 'safetensors' | 'json' | 'binary', random: Random): Buffer {
  if (bytes.length < 16) return Buffer.from([random.integer(256)]);
  const damage = BINARY[random.integer(BINARY.length)]!;
  const edit = TEXTUAL[random.integer(TEXTUAL.length)]!;
  const draw = random.uniform();
  if (kind === 'binary' || draw < 0.2) return damage(bytes, random);
  if (kind === 'json') return Buffer.from(edit(bytes.toString('latin1'), random), 'latin1');
  const length = Number(bytes.readBigUInt64LE(0));
  if (draw < 0.25 || length < 2 || length > bytes.length - 8) {
    const lied = Buffer.from(bytes);
    lied.writeBigUInt64LE(
      (BigInt(random.nextUint32()) >> BigInt(random.integer(32))) << BigInt(random.integer(32)),
    );
    return lied;
  }
  const header = bytes.subarray(8, 8 + length);
  const edited =
    draw < 0.4 ? damage(header, random) : Buffer.from(edit(header.toString('latin1'), random), 'latin1');
  const prefix = Buffer.from(bytes.subarray(0, 8));
  if (random.uniform() < 0.9) prefix.writeBigUInt64LE(BigInt(edited.length));
  return Buffer.concat([prefix, edited, bytes.subarray(8 + length)]);
}

function range(length: number, most: number, random: Random): readonly [number, number] {
  const from = random.integer(length);
  return [from, Math.min(length, from + 1 + random.integer(most))];
}

function replaceOne(text: string, pattern: RegExp, replacements: readonly string[], random: Random): string {
  return replaceWith(text, pattern, () => replacements[random.integer(replacements.length)]!, random);
}

function replaceWith(
  text: string,
  pattern: RegExp,
  replace: (found: string) => string,
  random: Random,
): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { 0: found, index } = matches[random.integer(matches.length)]!;
  return text.slice(0, index) + replace(found) + text.slice(index + found.length);
}
