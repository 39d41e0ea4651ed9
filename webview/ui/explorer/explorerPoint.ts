import type { InstrumentsModel } from '../instruments/instrumentsModel';

/** Where an optimizer stands, and between which curvatures. */
export type ExplorerPoint =
  | {
      readonly kind: 'nag-gs';
      readonly alpha: number;
      readonly gamma: number;
      /** The least curvature, which NAG-GS is told. */
      readonly mu: number;
      /** L, the largest curvature. */
      readonly largest: number;
    }
  | {
      readonly kind: 'heavy-ball';
      readonly rate: number;
      readonly momentum: number;
      readonly mu: number;
      readonly largest: number;
    };

/** What is explored where a run says nothing: a condition number of a hundred. */
const USUAL = { mu: 0.1, largest: 10 };

export const FIRST_NAG_GS: ExplorerPoint = { kind: 'nag-gs', alpha: 0.1, gamma: 1, ...USUAL, mu: 1 };
export const FIRST_HEAVY_BALL: ExplorerPoint = { kind: 'heavy-ball', rate: 0.05, momentum: 0.9, ...USUAL };

/**
 * Where a run stands by its latest readings: NAG-GS where it says its α, else the equivalent heavy ball;
 * `undefined` where it says neither. The least curvature is not measured: of a heavy ball it is taken as a
 * thousandth of the largest.
 */
export function pointOf({ readings }: InstrumentsModel): ExplorerPoint | undefined {
  const latest = (id: string): number | undefined => {
    const value = readings.get(id)?.values.at(-1);
    return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const largest = latest('largestCurvature');
  const [alpha, gamma, mu] = [latest('nagGsAlpha'), latest('nagGsGamma'), latest('nagGsMu')];
  if (alpha !== undefined && gamma !== undefined && mu !== undefined) {
    return { kind: 'nag-gs', alpha, gamma, mu, largest: largest ?? 10 * mu };
  }
  const rate = latest('learningRate');
  if (rate === undefined) return undefined;
  const sharpest = largest ?? 1 / rate;
  return {
    kind: 'heavy-ball',
    rate,
    momentum: latest('momentum') ?? 0,
    mu: sharpest / 1000,
    largest: sharpest,
  };
}
