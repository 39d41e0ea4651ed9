import { criticalAlpha, optimalAlpha } from '../../math/dynamics/nagGs';
import type { StudyRow } from '../../protocol/study';
import { rowsPart, type Study, type StudyContext } from '../study';
import {
  accelerated,
  countSteps,
  distanceFromCount,
  evenSpectrum,
  gradientDescent,
  nagGs,
  normalQuadratic,
  type Method,
} from './quadratic';
import { FIXED, stepRow } from './stepRows';

const LEAST = 0.1;
const LARGEST = 100;
const GAP = 1e-4;

interface Curve {
  readonly name: string;
  readonly method: (rate: number) => Method;
  /** Published steps at the rate 10^(−3 + 4k/69), by k; where iterations diverge, none. */
  readonly steps: Readonly<Record<number, number | undefined>>;
}

const NAG_GS: Curve = {
  name: 'NAG-GS',
  method: (alpha) => nagGs({ alpha, mu: LEAST, gamma: LEAST }),
  steps: { 0: 8800, 7: 3460, 13: 1556, 17: 915, 19: 702, 22: 471, 26: 279, 31: 150, 32: undefined },
};
const GRADIENT_DESCENT: Curve = {
  name: 'gradient descent',
  method: gradientDescent,
  steps: { 0: 63540, 7: 24959, 13: 11203, 17: 6567, 19: 5028, 22: 3368, 26: undefined },
};
const NESTEROV: Curve = {
  name: 'Nesterov, k/(k + 3)',
  method: accelerated,
  steps: { 0: 700, 7: 438, 13: 294, 17: 225, 19: 197, 22: undefined },
};
/** Least rate of a quick run, by its k. */
const QUICK_FROM = 17;

/**
 * Steps of NAG-GS, gradient descent and Nesterov's method on a quadratic of a hundred directions and κ = 1000, by
 * their rates, as in the authors' notebook. Its right side and start are normal numbers that cannot be had
 * again; what matters of them is one number, the distance from the minimum along the flattest direction, which
 * follows from the count of gradient descent at the least rate. With it all other counts are predictions.
 */
export const quadraticSweep: Study = {
  id: 'nag-gs/quadratic-sweep',
  title: 'Steps to the minimum of a quadratic by the rate: NAG-GS, gradient descent, Nesterov',
  parts: () => [
    ...[NAG_GS, GRADIENT_DESCENT, NESTEROV].map((curve) =>
      rowsPart(curve.name, (context) => curveRows(curve, context)),
    ),
    rowsPart('where NAG-GS stops to converge', limitRow),
  ],
};

function curveRows(curve: Curve, { seed, quick }: StudyContext): StudyRow[] {
  const flattest = distanceFromCount(LEAST, rateOf(0), GRADIENT_DESCENT.steps[0]!, GAP);
  const quadratic = normalQuadratic(evenSpectrum(LEAST, LARGEST, 100), flattest, seed);
  return Object.entries(curve.steps)
    .filter(([k]) => !quick || Number(k) >= QUICK_FROM)
    .map(([k, published]) => {
      const rate = rateOf(Number(k));
      const ours = countSteps(quadratic, curve.method(rate), GAP);
      const fixed = curve === GRADIENT_DESCENT && k === '0';
      return stepRow(
        `${curve.name}, rate ${rate.toPrecision(3)}`,
        published,
        ours,
        0.02,
        fixed ? FIXED : undefined,
      );
    });
}

function rateOf(k: number): number {
  return 10 ** (-3 + (4 * k) / 69);
}

/** The published sweep brackets the limit of stability: it goes from a rate that converges to one that does not. */
function limitRow(): StudyRow[] {
  const [converges, diverges] = [rateOf(31), rateOf(32)];
  const critical = criticalAlpha(LEAST, LARGEST, LEAST);
  return [
    {
      what: 'NAG-GS, where it stops to converge',
      published: `${converges.toPrecision(3)} to ${diverges.toPrecision(3)}`,
      ours: critical,
      unit: 'α',
      verdict: critical > converges && critical < diverges ? 'as published' : 'worse',
      note: `closed form; the best step is ${optimalAlpha(LEAST, LARGEST, LEAST).toPrecision(4)}`,
    },
  ];
}
