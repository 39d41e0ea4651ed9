import type { DecompositionTrace } from '../../../src/protocol/events';
import { formatCount, formatNumber } from '../format';

const TRANSFORMS = {
  full: 'Q mixes the whole tensor',
  rows: 'Q mixes each row on its own',
  kronecker: 'Q is a Kronecker product, which mixes rows and columns',
} as const satisfies Record<NonNullable<DecompositionTrace['transform']>, string>;

/** In words, how a decomposition went: what it was applied to, and where it stalled and why. */
export function courseOf(trace: DecompositionTrace | undefined): readonly string[] {
  if (!trace) return [];
  const { vectors, transform, fallback, unfinished } = trace;
  const texts: string[] = [];
  if (transform !== undefined) {
    const cut =
      vectors === undefined || vectors === 1
        ? ''
        : ` (${formatCount(vectors)} vectors, each with a scale of its own)`;
    texts.push(`Two flat factors stand for the tensor: x ≈ u + Qv. ${TRANSFORMS[transform]}${cut}.`);
  }
  if (fallback) {
    texts.push(
      `A Kronecker product was tried first and stalled after ${formatCount(fallback.steps)} steps, at a residual of ` +
        `${formatNumber(fallback.residual, 2)} and ρ ${formatNumber(fallback.flatness, 2)}: ${fallback.cause}. ` +
        'The full-length matrix took over.',
    );
  }
  if (unfinished) {
    const { cause, vectors: count } = unfinished;
    const which = count === 1 && (vectors ?? 1) === 1 ? 'The decomposition' : `${formatCount(count)} vectors`;
    const why = cause === 'stalled' ? 'stalled' : 'reached the limit of steps';
    texts.push(
      `${which} ${why} short of the tolerance: what was left of them is lost, and counted as error.`,
    );
  }
  return texts;
}
