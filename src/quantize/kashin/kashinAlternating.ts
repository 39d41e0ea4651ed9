import { createKashinMethod } from './kashinMethod';

/**
 * Cherniuk et al., "Structured Transforms for Low-Overhead Quantization of Language Models" (2026): decomposition
 * on a fixed schedule, row by row, with two signed levels a factor whose seeds are known in closed form. Q is
 * the involution of signs between two Hadamard transforms, which behaves as the paper's signs between two
 * cosine transforms and has the same bits in every language.
 */
export const kashinAlternating = createKashinMethod({
  id: 'kashin-alternating',
  algorithm: 'alternating',
  codebook: 'separate',
  transform: 'rows',
});
