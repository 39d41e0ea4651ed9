import type { TrellisCode } from './code';
import { decodeTable } from './tableText';
import bits2Window10 from './tables/bits2Window10.json';
import bits2Window12 from './tables/bits2Window12.json';
import bits2Window8 from './tables/bits2Window8.json';
import bits3Window10 from './tables/bits3Window10.json';
import bits3Window12 from './tables/bits3Window12.json';
import bits3Window8 from './tables/bits3Window8.json';
import bits4Window10 from './tables/bits4Window10.json';
import bits4Window12 from './tables/bits4Window12.json';
import bits4Window8 from './tables/bits4Window8.json';

/** Tables as texts, by bits a weight and then by bits of the window. */
const TABLES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  2: { 8: bits2Window8, 10: bits2Window10, 12: bits2Window12 },
  3: { 8: bits3Window8, 10: bits3Window10, 12: bits3Window12 },
  4: { 8: bits4Window8, 10: bits4Window10, 12: bits4Window12 },
};

const codes = new Map<string, TrellisCode>();

/** The code of a shipped table; `undefined` where there is none. */
export function trellisCode(bits: number, windowBits: number): TrellisCode | undefined {
  const text = TABLES[bits]?.[windowBits];
  if (text === undefined) return undefined;
  const key = `${bits}.${windowBits}`;
  const code = codes.get(key) ?? decodeTable(bits, windowBits, text);
  codes.set(key, code);
  return code;
}
