import { criticalAlpha, heavyBallOf, optimalAlpha } from '../../math/dynamics/nagGs';
import type { StudyRow } from '../../protocol/study';
import { rowsPart, type Study, type StudyContext } from '../study';
import {
  accelerated,
  countSteps,
  distanceFromCount,
  evenSpectrum,
  gradientDescent,
  heavyBall,
  nagGs,
  normalQuadratic,
  type Method,
} from './quadratic';
import { FIXED, stepRow } from './stepRows';

const LEAST = 0.01;
const LARGEST = 100;
const GAP = 1e-5;
const DESCENT_RATE = 2 / (LARGEST + LEAST);
const PUBLISHED = { nagGs: 565, accelerated: 701, gradientDescent: 43553 } as const;
/** As in the authors' notebook, half a per cent below the best. */
const ALPHA = (LEAST + 2 * Math.sqrt(LEAST * LARGEST)) / (LARGEST - LEAST);

/**
 * The race of the authors' notebook: a quadratic of a hundred directions and κ = 10000, each method with its best
 * constant step. As in the sweep, the distance from the minimum along the flattest direction is taken from the
 * count of gradient descent. Beside NAG-GS runs the heavy ball that it is.
 */
export const quadraticRace: Study = {
  id: 'nag-gs/quadratic-race',
  title: 'Steps to the minimum of a quadratic with κ = 10000, each method with its best step',
  parts: () => [rowsPart('race', raceRows)],
};

function raceRows({ seed, quick }: StudyContext): StudyRow[] {
  const flattest = distanceFromCount(LEAST, DESCENT_RATE, PUBLISHED.gradientDescent, GAP);
  const quadratic = normalQuadratic(evenSpectrum(LEAST, LARGEST, 100), flattest, seed);
  const steps = (method: Method) => countSteps(quadratic, method, GAP);
  const settings = (alpha: number) => ({ alpha, mu: LEAST, gamma: LEAST });
  const best = optimalAlpha(LEAST, LARGEST, LEAST);
  return [
    stepRow('NAG-GS', PUBLISHED.nagGs, steps(nagGs(settings(ALPHA))), 0.03, `α = ${ALPHA.toPrecision(4)}`),
    stepRow('Nesterov, 1/L', PUBLISHED.accelerated, steps(accelerated(1 / LARGEST)), 0.03),
    ...(quick
      ? []
      : [
          stepRow(
            'gradient descent, 2/(L + μ)',
            PUBLISHED.gradientDescent,
            steps(gradientDescent(DESCENT_RATE)),
            0.03,
            FIXED,
          ),
        ]),
    ownRow('heavy ball of the same iterates', steps(heavyBall(heavyBallOf(settings(ALPHA))))),
    ...[1, 0.9, 0.5].map((share) => ownRow(`NAG-GS, ${share} α_c`, steps(nagGs(settings(share * best))))),
    ownRow('NAG-GS, 1.01 α_crit', steps(nagGs(settings(1.01 * criticalAlpha(LEAST, LARGEST, LEAST))))),
  ];
}

function ownRow(what: string, steps: number | undefined): StudyRow {
  return { what, ours: steps ?? 'diverges', unit: 'steps' };
}
