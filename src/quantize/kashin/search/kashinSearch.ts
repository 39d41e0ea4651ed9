import { encodeTensor } from '../../incoherence/encodeTensor';
import { startIncoherentRows } from '../../incoherence/rowCoder';
import type { QuantizationMethod } from '../../method';
import { kernelEncoder } from './chunkTask';
import { SWEEPS } from './presets';

/**
 * Kashin's representation x ≈ u + Q v as a search: u of one to three bits and v of one bit a weight are found
 * together, block by block, behind a random transform that makes any matrix look normal. At 2 bits it has
 * two thirds of the distortion of the best scalar quantizer.
 */
export const kashinSearch: QuantizationMethod = {
  id: 'kashin-search',

  quantize(values, shape, options) {
    const { bits, preset, pool } = options;
    return encodeTensor(values, shape, options, {
      coding: { bits },
      encode: (...chunk) => pool.run('kashin.search', ...chunk, bits, SWEEPS[preset]),
    });
  },

  startRows(matrix, { bits, preset, seed }) {
    return startIncoherentRows(matrix, seed, {
      coding: { bits },
      code: kernelEncoder(bits, SWEEPS[preset], seed),
    });
  },
};
