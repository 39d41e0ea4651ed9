import type { HeavyBallSettings } from '../../math/dynamics/heavyBall';
import type { NagGsSettings } from '../../math/dynamics/nagGs';
import { Random } from '../../math/random';

/**
 * f(x) = ½·xᵀAx − bᵀx in the basis of A's eigenvectors, about its minimum: f − f* = ½·Σ λᵢxᵢ². None of the
 * methods here sees the basis, nor where the minimum is.
 */
export interface Quadratic {
  readonly lambdas: Float64Array;
  /** Where the iterations begin, from the minimum. */
  readonly start: Float64Array;
}

/** Eigenvalues at equal distances from the least to the largest. */
export function evenSpectrum(least: number, largest: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => least + ((largest - least) * i) / (count - 1));
}

/** b = 1 in every direction, from x = 0. */
export function onesQuadratic(lambdas: Float64Array): Quadratic {
  return { lambdas, start: lambdas.map((lambda) => -1 / lambda) };
}

/** b and the start of independent normal numbers; along the flattest direction as far from the minimum as given. */
export function normalQuadratic(lambdas: Float64Array, flattest: number, seed: number): Quadratic {
  const random = new Random(seed);
  const start = lambdas.map((lambda) => random.normal() - random.normal() / lambda);
  start[0] = flattest;
  return { lambdas, start };
}

/**
 * How far from the minimum gradient descent began along the direction of curvature λ, where after that many
 * steps this direction alone is left, and f − f* comes below `gap`: √(2·gap/λ)·(1 − rate·λ)^(−steps).
 */
export function distanceFromCount(lambda: number, rate: number, steps: number, gap: number): number {
  return Math.sqrt((2 * gap) / lambda) * (1 - rate * lambda) ** -steps;
}

export interface Iteration {
  readonly x: Float64Array;
  step(): void;
}

export type Method = (quadratic: Quadratic) => Iteration;

export function gradientDescent(rate: number): Method {
  return heavyBall({ rate, momentum: 0 });
}

export function heavyBall({ rate, momentum }: HeavyBallSettings): Method {
  return ({ lambdas, start }) => {
    const x = start.slice();
    const velocity = new Float64Array(x.length);
    return {
      x,
      step() {
        for (let i = 0; i < x.length; i++) {
          velocity[i] = momentum * velocity[i]! - rate * lambdas[i]! * x[i]!;
          x[i]! += velocity[i]!;
        }
      },
    };
  };
}

/** With a constant γ, the gradient taken before both moves. */
export function nagGs({ alpha, mu, gamma }: NagGsSettings): Method {
  return ({ lambdas, start }) => {
    const x = start.slice();
    const v = start.slice();
    const divisor = alpha * mu + gamma;
    const taken = alpha / (1 + alpha);
    return {
      x,
      step() {
        for (let i = 0; i < x.length; i++) {
          const gradient = lambdas[i]! * x[i]!;
          v[i] = (gamma * v[i]! + alpha * mu * x[i]! - alpha * gradient) / divisor;
          x[i]! += taken * (v[i]! - x[i]!);
        }
      },
    };
  };
}

/** Nesterov's method with the momentum k/(k + 3) (Su, Boyd and Candès 2014). */
export function accelerated(rate: number): Method {
  return ({ lambdas, start }) => {
    const x = start.slice();
    const ahead = start.slice();
    let k = 0;
    return {
      x,
      step() {
        const momentum = k / (k + 3);
        for (let i = 0; i < x.length; i++) {
          const next = ahead[i]! - rate * lambdas[i]! * ahead[i]!;
          ahead[i] = next + momentum * (next - x[i]!);
          x[i] = next;
        }
        k++;
      },
    };
  };
}

/** f − f* beyond which iterations count as diverged: none of those that converge comes near. */
const DIVERGED = 1e8;

/** Steps until f − f* is below `gap`; none where they diverge, or where there would be more than `most`. */
export function countSteps(
  quadratic: Quadratic,
  method: Method,
  gap: number,
  most = 200_000,
): number | undefined {
  const iteration = method(quadratic);
  for (let steps = 0; steps <= most; steps++) {
    let excess = 0;
    for (let i = 0; i < iteration.x.length; i++) excess += 0.5 * quadratic.lambdas[i]! * iteration.x[i]! ** 2;
    if (excess < gap) return steps;
    if (!(excess <= DIVERGED)) return undefined;
    iteration.step();
  }
  return undefined;
}
