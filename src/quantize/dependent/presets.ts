import type { Preset } from '../../protocol/jobSpec';

/** Bits of a state: 64, 256 and 1024 states, 0.27, 0.20 and 0.155 dB from the limit. */
const STATE_BITS: Readonly<Record<Preset, number>> = { fast: 6, balanced: 8, thorough: 10 };

export function statesFor(preset: Preset): number {
  return STATE_BITS[preset];
}
