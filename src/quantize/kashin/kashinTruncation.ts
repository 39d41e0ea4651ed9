import { createKashinMethod } from './kashinMethod';

/**
 * The older way to a Kashin representation, by clipping (Lyubarskii and Vershynin, 2010), with the same codebooks:
 * it guarantees flat factors, which is not what few levels need, and loses more than the other two.
 */
export const kashinTruncation = createKashinMethod({
  id: 'kashin-truncation',
  algorithm: 'truncation',
  codebook: 'joint',
  transform: 'full',
});
