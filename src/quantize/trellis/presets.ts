import { PRESETS, type Preset } from '../../protocol/jobSpec';

/** Bits a weight that the trellis offers. */
export const TRELLIS_BITS = [2, 3, 4] as const;

/**
 * Bits of the window: two more take two to three times as long and gain 0.1 to 0.2 dB. The table grows with
 * them, and it stands in the file, once: 0.3 to 1.4 kB at 8, 1.4 to 5.5 kB at 10, 5.5 to 22 kB at 12.
 */
const WINDOW_BITS: Readonly<Record<Preset, number>> = { fast: 8, balanced: 10, thorough: 12 };

export function windowBitsOf(preset: Preset): number {
  return WINDOW_BITS[preset];
}

/** The tables that the product ships: bits a weight, bits of the window. */
export const SHIPPED_TABLES: readonly (readonly [bits: number, windowBits: number])[] = TRELLIS_BITS.flatMap(
  (bits) => PRESETS.map((preset) => [bits, windowBitsOf(preset)] as const),
);
