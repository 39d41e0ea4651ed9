import type { UserError } from '../protocol/userError';
import { badFile } from './fileErrors';
import { MAX_JSON_DEPTH, MAX_KEYS } from './limits';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
const WHOLE_NUMBER = /^(0|[1-9]\d*)$/;
const HEX = /^[0-9a-fA-F]{4}$/;
/** What may follow a backslash, beside `u` and four digits. */
const ESCAPES = Uint8Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0));
/** What a JSON value can start with. */
const VALUE_STARTS = Uint8Array.from('{["-0123456789tfn', (letter) => letter.charCodeAt(0));
const LITERALS = ['true', 'false', 'null'];

export interface ObjectRules {
  /** How many keys the object may have, and the code of the error beyond. */
  readonly most?: number;
  readonly excess?: string;
  /** Code of the error for a key that occurs twice. */
  readonly repeated?: string;
}

/**
 * Reads untrusted JSON from its bytes, in the order in which it stands. Unlike `JSON.parse` it builds
 * only what the caller asks for, so that memory follows what is kept and not what the file says; it
 * sees repeated keys and numbers beyond 2⁵³, stops at a depth, and leaves `__proto__` a name like any other.
 */
export class JsonReader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private next = 0;
  private depth = 0;
  private lastName = 0;

  /** @param file named in errors */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {}

  /** Position of the next value's first byte, or of the end. */
  get position(): number {
    this.skipSpace();
    return this.next;
  }

  /** Position just behind what was read last. */
  get reached(): number {
    return this.next;
  }

  /** Position of the name of the member whose value comes next. */
  get memberStart(): number {
    return this.lastName;
  }

  get atArray(): boolean {
    return this.peek() === OPEN_BRACKET;
  }

  get atString(): boolean {
    return this.peek() === QUOTE;
  }

  get atObject(): boolean {
    return this.peek() === OPEN_BRACE;
  }

  /** Reads an object: `visit` is called at each value, which it must read or skip. */
  object(what: string, visit: (key: string) => void, rules: ObjectRules = {}): void {
    const { most = MAX_KEYS, excess = 'too-many-keys', repeated = 'duplicate-key' } = rules;
    if (!this.atObject) throw this.unexpected(what, 'an object');
    const seen = new Set<string>();
    this.members(() => {
      this.lastName = this.position;
      const key = this.text();
      if (seen.has(key)) throw badFile(repeated, this.file, `names ${quoted(key)} twice in ${what}`);
      if (seen.size === most) throw badFile(excess, this.file, `has more than ${most} names in ${what}`);
      seen.add(key);
      this.expect(COLON, '":"');
      visit(key);
    });
  }

  /** Reads an array: `visit` is called at each element, which it must read or skip. */
  array(what: string, visit: (index: number) => void): void {
    if (!this.atArray) throw this.unexpected(what, 'a list');
    let index = 0;
    this.elements(() => visit(index++));
  }

  string(what: string): string {
    if (!this.atString) throw this.unexpected(what, 'a text');
    return this.text();
  }

  /** A whole number from 0 to 2⁵³ − 1, written without fraction or exponent. */
  wholeNumber(what: string): number {
    const text = this.word();
    if (!WHOLE_NUMBER.test(text)) throw this.malformed(what, 'a whole number, 0 or more');
    const value = Number(text);
    if (!Number.isSafeInteger(value)) {
      throw badFile('number-too-large', this.file, `has a number beyond 2^53 in ${what}`);
    }
    return value;
  }

  finiteNumber(what: string): number {
    const text = this.word();
    const value = Number(text);
    if (!NUMBER.test(text) || !Number.isFinite(value)) throw this.malformed(what, 'a finite number');
    return value;
  }

  /** Passes over a value of any kind, checking that it is JSON. */
  skip(): void {
    const first = this.peek();
    if (first === OPEN_BRACE) {
      this.members(() => {
        this.skipText();
        this.expect(COLON, '":"');
        this.skip();
      });
    } else if (first === OPEN_BRACKET) {
      this.elements(() => this.skip());
    } else if (first === QUOTE) {
      this.skipText();
    } else {
      const word = this.word();
      if (!LITERALS.includes(word) && !NUMBER.test(word)) throw this.notJson('a value');
    }
  }

  /** Checks that nothing but space is left. */
  end(): void {
    this.skipSpace();
    if (this.next < this.bytes.length) throw this.notJson('the end');
  }

  malformed(what: string, expected: string): UserError {
    return badFile('malformed', this.file, `should have ${expected} as ${what}`);
  }

  private members(member: () => void): void {
    this.list(CLOSE_BRACE, '"," or "}"', () => {
      if (this.peek() !== QUOTE) throw this.notJson('a name');
      member();
    });
  }

  private elements(element: () => void): void {
    this.list(CLOSE_BRACKET, '"," or "]"', element);
  }

  private list(close: number, expected: string, item: () => void): void {
    if (++this.depth > MAX_JSON_DEPTH) {
      throw badFile('json-too-deep', this.file, `nests more than ${MAX_JSON_DEPTH} levels deep`);
    }
    this.next++;
    if (this.peek() === close) {
      this.next++;
    } else {
      for (;;) {
        item();
        const after = this.peek();
        if (after !== COMMA && after !== close) throw this.notJson(expected);
        this.next++;
        if (after === close) break;
      }
    }
    this.depth--;
  }

  private text(): string {
    const start = this.position;
    const escaped = this.skipText();
    try {
      const text = this.decoder.decode(this.bytes.subarray(start + 1, this.next - 1));
      return escaped ? (JSON.parse(`"${text}"`) as string) : text;
    } catch (error) {
      throw badFile(
        'header-not-json',
        this.file,
        `has a text at byte ${start} that cannot be read`,
        undefined,
        {
          cause: error,
        },
      );
    }
  }

  /** Passes over a text and says whether it holds escapes. */
  private skipText(): boolean {
    const { bytes } = this;
    let escaped = false;
    let i = this.position + 1;
    for (; bytes[i] !== QUOTE; i++) {
      const byte = bytes[i];
      if (byte === undefined || byte < 0x20) {
        this.next = Math.min(i, bytes.length);
        throw this.notJson('the end of a text');
      }
      if (byte === BACKSLASH) {
        escaped = true;
        i++;
        if (!ESCAPES.includes(bytes[i] ?? 0) && !this.isUnicodeEscape(i)) {
          this.next = i;
          throw this.notJson('an escape');
        }
      }
    }
    this.next = i + 1;
    return escaped;
  }

  private isUnicodeEscape(i: number): boolean {
    return this.bytes[i] === 0x75 && HEX.test(String.fromCharCode(...this.bytes.subarray(i + 1, i + 5)));
  }

  /** A number or a literal: everything up to the next space or punctuation. */
  private word(): string {
    const start = this.position;
    let end = start;
    while (isWordByte(this.bytes[end])) end++;
    // No number needs more digits, and a text of the file's length is not worth building.
    if (end - start > 400) throw this.notJson('a shorter number');
    this.next = end;
    return String.fromCharCode(...this.bytes.subarray(start, end));
  }

  private expect(byte: number, what: string): void {
    if (this.peek() !== byte) throw this.notJson(what);
    this.next++;
  }

  private peek(): number | undefined {
    this.skipSpace();
    return this.bytes[this.next];
  }

  private skipSpace(): void {
    for (;;) {
      const byte = this.bytes[this.next];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.next++;
    }
  }

  /** The error for a value of another kind, or for none at all. */
  private unexpected(what: string, expected: string): UserError {
    const first = this.peek();
    const startsValue = first !== undefined && VALUE_STARTS.includes(first);
    return startsValue ? this.malformed(what, expected) : this.notJson(expected);
  }

  private notJson(expected: string): UserError {
    return badFile(
      'header-not-json',
      this.file,
      `is not JSON at byte ${this.next}: ${expected} should follow`,
    );
  }
}

/** A name from a file, shortened for messages. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const digit = byte >= 0x30 && byte <= 0x39;
  const letter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  return digit || letter || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}
