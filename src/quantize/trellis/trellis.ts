import { encodeTensor } from '../incoherence/encodeTensor';
import { startIncoherentRows } from '../incoherence/rowCoder';
import type { QuantizationMethod } from '../method';
import { shippedEncoder } from './chunkTask';
import { windowBitsOf } from './presets';
import { shippedCoding } from './tables';

/**
 * Split-shift trellis: 2, 3 or 4 bits a weight behind a random transform that makes any matrix look normal, and an
 * 8-bit scale a group of rows. The code of fixed rate with the least distortion for its time: 0.6 to 0.7 dB
 * above Shannon's limit with the preset `balanced`, scales counted.
 */
export const trellis: QuantizationMethod = {
  id: 'trellis',

  quantize(values, shape, options) {
    const { bits, preset, pool } = options;
    const windowBits = windowBitsOf(preset);
    return encodeTensor(values, shape, options, {
      coding: { ...shippedCoding(bits, windowBits) },
      encode: (...chunk) => pool.run('trellis.encode', ...chunk, bits, windowBits),
    });
  },

  startRows(matrix, { bits, preset, seed }) {
    const windowBits = windowBitsOf(preset);
    return startIncoherentRows(matrix, seed, {
      coding: { ...shippedCoding(bits, windowBits) },
      code: shippedEncoder(bits, windowBits),
    });
  },
};
