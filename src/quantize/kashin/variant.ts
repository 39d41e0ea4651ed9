import type { KashinCodebook, KashinTransform, QuantizationMethodId } from '../../protocol/jobSpec';
import type { KashinAlgorithm } from './decomposeChunk';

/** One of the published ways from a tensor to codes, and what it does where a person does not choose. */
export interface KashinVariant {
  readonly id: QuantizationMethodId;
  readonly algorithm: KashinAlgorithm;
  readonly codebook: KashinCodebook;
  readonly transform: KashinTransform;
}
