import { stepScalar } from '../../compile/record/listener';
import type { FusedMove } from '../../compile/optimizers/fusedUpdate';
import type { TensorFlow } from '../../engine/engine';
import type { NamedVariable } from './optimizer';
import type { DecaySettings } from './settings';

/**
 * Decoupled weight decay: a function that an optimizer calls on what it is about to move, before it does.
 * @param rate η of the step, after its schedule
 */
export function weightDecay(
  tf: TensorFlow,
  { weightDecay: lambda = 0, noDecay }: DecaySettings,
  variables: readonly NamedVariable[],
  rate: () => number,
): (moves: readonly FusedMove[]) => void {
  if (lambda === 0) return () => undefined;
  const decays = variables.map(({ name, variable }) =>
    noDecay === undefined ? variable.rank >= 2 : !noDecay.some((text) => name.includes(text)),
  );
  return (moves) => {
    tf.tidy(() => {
      const kept = stepScalar(tf, () => 1 - lambda * rate());
      for (const { variable, place } of moves) {
        if (decays[place]!) variable.assign(tf.mul(variable, kept));
      }
    });
  };
}
