import { PRESETS, type Preset } from '../../protocol/jobSpec';

/** Bits a weight that the trellis offers. */
export const TRELLIS_BITS = [2, 3, 4] as const;

/**
 * Bits of the window: two more take three times as long and gain 0.1 to 0.2 dB. At 3 and 4 bits there is no
 * longer window than that of `balanced` yet.
 */
const WINDOW_BITS: Readonly<Record<Preset, Readonly<Record<number, number>>>> = {
  fast: { 2: 8, 3: 8, 4: 8 },
  balanced: { 2: 10, 3: 10, 4: 10 },
  thorough: { 2: 12, 3: 10, 4: 10 },
};

export function windowBitsOf(preset: Preset, bits: number): number {
  const windowBits = WINDOW_BITS[preset][bits];
  if (windowBits === undefined) throw new Error(`The trellis has no code of ${bits} bits`);
  return windowBits;
}

/** The tables that the product ships: bits a weight, bits of the window. */
export const SHIPPED_TABLES: readonly (readonly [bits: number, windowBits: number])[] = TRELLIS_BITS.flatMap(
  (bits) =>
    [...new Set(PRESETS.map((preset) => windowBitsOf(preset, bits)))].map(
      (windowBits) => [bits, windowBits] as const,
    ),
);
