import type { Preset } from '../../../protocol/jobSpec';

/** Sweeps over both factors, each with noise; a few without follow. */
export const SWEEPS: Readonly<Record<Preset, number>> = { fast: 200, balanced: 1000, thorough: 5000 };
