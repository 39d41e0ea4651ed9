import { stepScalar } from '../../compile/record/listener';
import type { TensorFlow } from '../../engine/engine';
import { movesOf, type NamedVariable, type Optimizer } from './optimizer';
import type { RateFactor } from './rate';
import type { ScheduleFreeSettings } from './settings';
import { createSlot } from './slot';
import { decaysOf } from './weightDecay';

/**
 * Schedule-Free AdamW (Defazio, Yang, Mehta, Mishchenko, Khaled and Cutkosky, 2024). Gradients are taken at
 * y = (1 − β₁)z + β₁x, z walks as in Adam without momentum, and x is the mean of all z so far:
 *
 *     v ← β₂v + (1 − β₂)g²,  u = g / (√v̂ + ε) + λ·y,  z ← z − η·u,  x ← (1 − c)x + c·z.
 *
 * A step's weight in the mean is the square of the largest η so far, c its share in the sum of weights.
 * Variables hold y while they are trained, and what is kept beside them is v and e = z − y, which starts at 0:
 * y ← y + c·e − η(1 − β₁(1 − c))·u, e ← (1 − c)(e − ηβ₁·u). The weights to use, x, are y − e·(1 − β₁) / β₁.
 */
export function scheduleFree(
  tf: TensorFlow,
  settings: ScheduleFreeSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0 } = settings;
  const squares = createSlot(tf, 'square', variables);
  const leads = createSlot(tf, 'lead', variables);
  const decays = decaysOf(settings, variables);
  const rate = (): number => learningRate * factor(optimizer.iterations);
  const share = shareOfStep(factor);
  const now = (): number => share(optimizer.iterations);
  const correction = (): number => Math.sqrt(1 - beta2 ** (optimizer.iterations + 1));
  const optimizer: Optimizer = {
    state: [...squares.state, ...leads.state],
    iterations: 0,
    step(gradients) {
      tf.tidy(() => {
        const root = stepScalar(tf, correction);
        const floor = stepScalar(tf, () => epsilon * correction());
        const towards = stepScalar(tf, now);
        const down = stepScalar(tf, () => rate() * (1 - beta1 * (1 - now())));
        const kept = stepScalar(tf, () => 1 - now());
        const leadDown = stepScalar(tf, () => rate() * beta1);
        for (const { variable, gradient, place } of movesOf(gradients, variables)) {
          const square = squares.at(place);
          const lead = leads.at(place);
          square.assign(tf.add(tf.mul(beta2, square), tf.mul(1 - beta2, tf.square(gradient))));
          const scaled = tf.div(tf.mul(gradient, root), tf.add(tf.sqrt(square), floor));
          const direction =
            weightDecay > 0 && decays[place]! ? tf.add(scaled, tf.mul(weightDecay, variable)) : scaled;
          variable.assign(tf.sub(tf.add(variable, tf.mul(towards, lead)), tf.mul(down, direction)));
          lead.assign(tf.mul(kept, tf.sub(lead, tf.mul(leadDown, direction))));
        }
      });
    },
    evaluated: () =>
      variables.map(({ variable }, place) =>
        tf.tidy(() => tf.sub(variable, tf.mul((1 - beta1) / beta1, leads.at(place)))),
      ),
    dynamics: () => ({ learningRate: rate(), effectiveStep: rate(), momentum: beta1, preconditioned: true }),
    dispose() {
      squares.dispose();
      leads.dispose();
    },
  };
  return optimizer;
}

/** The share of a step in the mean of all steps up to it: 1, ½, ⅓ … where the rate is constant. */
function shareOfStep(factor: RateFactor): (step: number) => number {
  const sums: number[] = [];
  const largest: number[] = [];
  return (step) => {
    for (let k = sums.length; k <= step; k++) {
      largest.push(Math.max(factor(k), largest[k - 1] ?? 0));
      sums.push((sums[k - 1] ?? 0) + largest[k]! ** 2);
    }
    return largest[step]! ** 2 / sums[step]!;
  };
}
