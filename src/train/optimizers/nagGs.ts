import type { TensorFlow } from '../../engine/engine';
import type { NagGsSettings as Numbers } from '../../math/dynamics/nagGs';
import { UserError } from '../../protocol/userError';
import { heavyBall } from './heavyBall';
import { checkFollowing, numbersFor } from './nagGsCurvature';
import { movesOf, type FollowedCurvature, type NamedVariable, type Optimizer } from './optimizer';
import type { RateFactor } from './rate';
import type { NagGsSettings } from './settings';
import { weightDecay } from './weightDecay';

export const NAG_GS_ALPHA = 0.1;

/** Numbers of one step. */
interface Constants {
  readonly alpha: number;
  readonly mu: number;
  readonly gamma: number;
  /** What a velocity counts for: v − x = −scale·a. */
  readonly scale: number;
  /** The heavy ball: x ← x + β·(x − x before) − η·g, where α stays. */
  readonly beta: number;
  readonly eta: number;
}

/**
 * NAG-GS (Leplat, Merkulov, Katrutsa, Bershatsky and Oseledets, 2022): of the flow x' = v − x,
 * γv' = μ(x − v) − ∇f(x), γ' = μ − γ a step α that takes x from the old v and v from the new x,
 *
 *     v ← (γ·v + α·μ·x − α·g) / (γ + α·μ),  x ← x + α/(1 + α)·(v − x),  from v = x.
 *
 * What is kept is not v but a = −(v − x) / scale with scale = α / ((1 + α)·(γ + α·μ)). Then the step is a heavy
 * ball, a ← β·(scale before / scale)·a + g, x ← x − η·a with β = γ / ((1 + α)·(γ + α·μ)) and η = α·scale,
 * whether α and γ change or not: it costs what momentum costs, and weights that are loaded need no new v.
 *
 * With `curvature: 'auto'`, numbers follow from λmax as soon as it is known. Where it changes, a is told in the
 * new scale, so that v stays where it is.
 * @throws UserError `optimizer-unstable` where γ would shrink to nothing, or those of `checkFollowing`
 */
export function nagGs(
  tf: TensorFlow,
  settings: NagGsSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const { alpha: alphaGiven = NAG_GS_ALPHA, mu = 1, gamma: gammaGiven = 1, updateGamma = false } = settings;
  if (updateGamma && mu === 0) {
    throw new UserError(
      'optimizer-unstable',
      'With optimizer.mu = 0, an updated γ shrinks to 0 and steps grow without end.',
      'Set optimizer.mu above 0, or leave optimizer.updateGamma out.',
    );
  }
  const isAuto = settings.curvature === 'auto';
  if (isAuto) checkFollowing(settings);
  let largest: number | undefined;
  const numbers = (): Numbers =>
    largest === undefined ? { alpha: alphaGiven, mu, gamma: gammaGiven } : numbersFor(settings, largest);
  /** γ after so many updates. It follows from the settings alone, so a run that is resumed has the same. */
  const gammas = [gammaGiven];
  function updatedGamma(step: number): number {
    for (let k = gammas.length; k <= step + 1; k++) {
      const alpha = alphaGiven * factor(k - 1);
      gammas.push((gammas[k - 1]! + alpha * mu) / (1 + alpha));
    }
    return gammas[step + 1]!;
  }
  function constantsAt(step: number): Constants {
    const { alpha: whole, mu, gamma: kept } = numbers();
    const [alpha, gamma] = [whole * factor(step), updateGamma ? updatedGamma(step) : kept];
    const inertia = (1 + alpha) * (gamma + alpha * mu);
    return { alpha, mu, gamma, scale: alpha / inertia, beta: gamma / inertia, eta: alpha ** 2 / inertia };
  }
  const now = (): Constants => constantsAt(optimizer.iterations);
  const before = (): Constants => constantsAt(Math.max(0, optimizer.iterations - 1));
  const rate = (): number => now().eta;
  const ball = heavyBall(
    tf,
    'momentum',
    { rate, decay: () => (now().beta * before().scale) / now().scale },
    variables,
  );
  const decay = weightDecay(tf, settings, variables, rate);
  const curvature: FollowedCurvature = {
    get largest() {
      return largest;
    },
    set largest(known) {
      largest = known;
    },
    follow(measured) {
      const old = before().scale;
      largest = Math.fround(measured);
      const ratio = old / before().scale;
      if (ratio !== 1) ball.scaleVelocities(ratio);
    },
  };
  const optimizer: Optimizer = {
    state: ball.state,
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      decay(moves);
      ball.move(moves);
    },
    dynamics() {
      const { alpha, mu, gamma, eta, beta } = now();
      return {
        learningRate: eta,
        effectiveStep: eta / (1 - beta),
        momentum: beta,
        nagGs: { alpha, mu, gamma },
      };
    },
    ...(isAuto && { curvature }),
    dispose: () => ball.dispose(),
  };
  return optimizer;
}
