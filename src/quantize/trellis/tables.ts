import { SCALES, type TrellisCode } from './code';
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

/** What a decoder needs to know of a code: it stands in the file, so that no reader has tables of its own. */
export interface TrellisCoding {
  readonly bits: number;
  readonly windowBits: number;
  readonly scale: number;
  /** See `encodeTable`. */
  readonly table: string;
}

/** The coding by a shipped table; `undefined` where there is none. */
export function shippedCoding(bits: number, windowBits: number): TrellisCoding | undefined {
  const table = TABLES[bits]?.[windowBits];
  return table === undefined ? undefined : { bits, windowBits, scale: SCALES[bits]!, table };
}

/** The code of a shipped table; `undefined` where there is none. */
export function trellisCode(bits: number, windowBits: number): TrellisCode | undefined {
  const coding = shippedCoding(bits, windowBits);
  return coding && decodeTable(coding);
}
