import type { TensorFlow } from '../../engine/engine';
import { heavyBall } from './heavyBall';
import { movesOf, type NamedVariable, type Optimizer } from './optimizer';
import type { RateFactor } from './rate';
import type { MomentumSettings } from './settings';
import { weightDecay } from './weightDecay';

export function momentum(
  tf: TensorFlow,
  settings: MomentumSettings,
  variables: readonly NamedVariable[],
  factor: RateFactor,
): Optimizer {
  const { learningRate, momentum: beta = 0.9, nesterov = false } = settings;
  const rate = (): number => learningRate * factor(optimizer.iterations);
  const ball = heavyBall(tf, nesterov ? 'nesterov' : 'momentum', { rate, decay: () => beta }, variables);
  const decay = weightDecay(tf, settings, variables, rate);
  const optimizer: Optimizer = {
    state: ball.state,
    iterations: 0,
    step(gradients) {
      const moves = movesOf(gradients, variables);
      decay(moves);
      ball.move(moves);
    },
    dynamics: () => ({ learningRate: rate(), effectiveStep: rate() / (1 - beta), momentum: beta }),
    dispose: () => ball.dispose(),
  };
  return optimizer;
}
