import {
  criticalAlpha,
  largestSpectralRadius,
  luoChenStep,
  optimalAlpha,
  type NagGsSettings,
} from '../../math/dynamics/nagGs';
import type { StudyRow } from '../../protocol/study';
import { compared } from '../rows';
import { rowsPart, type Study, type StudyContext } from '../study';

/** A spectrum of Hessian, from μ to L. */
interface Spectrum {
  readonly mu: number;
  readonly largest: number;
}

/** Of the authors' notebook with the numbers that it prints; one well and one badly conditioned more. */
const NOTEBOOK: Spectrum = { mu: 1, largest: 3 };
const SPECTRA: readonly Spectrum[] = [NOTEBOOK, { mu: 1, largest: 10 }, { mu: 0.1, largest: 100 }];

/**
 * Where iterations of NAG-GS shrink most, and where they stop to shrink, measured on iterations alone, beside
 * the published closed forms; and what the choice γ = μ is worth.
 */
export const stability: Study = {
  id: 'nag-gs/stability',
  title: 'The best and the largest step of NAG-GS, measured on iterations, beside the closed forms',
  parts: () => [
    rowsPart('printed steps', printedRows),
    ...SPECTRA.map((spectrum) => rowsPart(nameOf(spectrum), (context) => spectrumRows(spectrum, context))),
    rowsPart('other γ', gammaRows),
  ],
};

function printedRows(): StudyRow[] {
  const { mu, largest } = NOTEBOOK;
  const row = (what: string, published: number, ours: number) =>
    compared({ what: `${nameOf(NOTEBOOK)}: ${what}`, published, ours, unit: 'α', tolerance: 1e-6 });
  return [
    row('α_c', 2.732051, optimalAlpha(mu, largest, mu)),
    row('α_crit', 4.828427, criticalAlpha(mu, largest, mu)),
    row('step of Luo and Chen', 1.154701, luoChenStep(mu, largest)),
  ];
}

function spectrumRows(spectrum: Spectrum, { quick }: StudyContext): StudyRow[] {
  const { mu, largest } = spectrum;
  const steps = quick ? 4000 : 40_000;
  const radius = (alpha: number) => measuredRadius({ alpha, mu, gamma: mu }, spectrum, steps);
  const best = optimalAlpha(mu, largest, mu);
  const critical = criticalAlpha(mu, largest, mu);
  const measured = 'measured on iterations; published as a closed form';
  const root = Math.sqrt(largest / mu);
  return [
    compared({
      what: `${nameOf(spectrum)}: step that shrinks most`,
      published: best,
      ours: leastAt(radius, 0.5 * best, critical),
      unit: 'α',
      tolerance: 0.01,
      note: measured,
    }),
    compared({
      what: `${nameOf(spectrum)}: factor of that step`,
      published: (root - 1) / (root + 1),
      ours: radius(best),
      unit: 'a step',
      tolerance: 0.01,
      note: 'measured on iterations; theory: Polyak’s (√κ − 1)/(√κ + 1)',
    }),
    compared({
      what: `${nameOf(spectrum)}: step from which on nothing shrinks`,
      published: critical,
      ours: crossing((alpha) => radius(alpha) - 1, 0.5 * best, 2 * critical),
      unit: 'α',
      tolerance: 0.01,
      note: measured,
    }),
    {
      what: `${nameOf(spectrum)}: factor of Luo and Chen’s step`,
      ours: radius(luoChenStep(mu, largest)),
      unit: 'a step',
    },
  ];
}

/** γ ≠ μ at its own α_c, and at the best step that it has. */
function gammaRows(): StudyRow[] {
  const spectrum = { mu: 1, largest: 10 };
  return [0.5, 1, 1.5].map((gamma) => {
    const radius = (alpha: number) =>
      largestSpectralRadius(
        { alpha, mu: spectrum.mu, gamma },
        { least: spectrum.mu, largest: spectrum.largest },
      );
    const alpha = optimalAlpha(spectrum.mu, spectrum.largest, gamma);
    const best = leastAt(radius, 0.5 * alpha, criticalAlpha(spectrum.mu, spectrum.largest, gamma));
    return {
      what: `${nameOf(spectrum)}, γ ${gamma}: factor at α_c`,
      ours: radius(alpha),
      unit: 'a step',
      note: `closed form; at its best step, ${(best / alpha).toFixed(3)} α_c, ${radius(best).toFixed(4)}`,
    };
  });
}

function nameOf({ mu, largest }: Spectrum): string {
  return `μ ${mu}, L ${largest}`;
}

/** By what factor iterations shrink a step in the long run, in the slower of the two ends of the spectrum. */
function measuredRadius(settings: NagGsSettings, { mu, largest }: Spectrum, steps: number): number {
  return Math.max(...[mu, largest].map((lambda) => growth(settings, lambda, steps)));
}

/** Mean growth of (x, v) along a direction of curvature λ over the second half of the steps, when the first has passed. */
function growth({ alpha, mu, gamma }: NagGsSettings, lambda: number, steps: number): number {
  let x = 1;
  let v = 1;
  let logarithm = 0;
  for (let k = 0; k < steps; k++) {
    v = (gamma * v + alpha * (mu - lambda) * x) / (gamma + alpha * mu);
    x += (alpha / (1 + alpha)) * (v - x);
    const size = Math.hypot(x, v);
    if (2 * k >= steps) logarithm += Math.log(size);
    // The motion is linear: scaled, it neither vanishes nor overflows.
    x /= size;
    v /= size;
  }
  return Math.exp(logarithm / (steps / 2));
}

/** Where a function that falls and then rises is least, by golden sections. */
function leastAt(value: (at: number) => number, from: number, to: number): number {
  const section = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  while (high - low > 1e-6 * to) {
    const left = high - section * (high - low);
    const right = low + section * (high - low);
    if (value(left) < value(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/** Where a function that begins negative becomes positive, by bisection. */
function crossing(value: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (high - low > 1e-6 * to) {
    const middle = (low + high) / 2;
    if (value(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
