import { createKashinMethod } from './kashinMethod';

/**
 * Merkulov et al., "Quantization of Large Language Models with an Overdetermined Basis" (UAI 2024): greedy
 * decomposition, one joint codebook of 2^bits pairs a tensor. The paper's Kronecker products leave about one
 * tensor in five unfinished; here Q mixes the whole flattened tensor unless they are asked for, and takes over
 * where they stall.
 */
export const kashinGreedy = createKashinMethod({
  id: 'kashin-greedy',
  algorithm: 'greedy',
  codebook: 'joint',
  transform: 'full',
});
