import { stepScalar } from '../../compile/record/listener';
import type { FusedMove } from '../../compile/optimizers/fusedUpdate';
import type { TensorFlow } from '../../engine/engine';
import type { NamedVariable } from './optimizer';
import type { DecaySettings } from './settings';

/** Which variables decay, by their places. */
export function decaysOf({ noDecay }: DecaySettings, variables: readonly NamedVariable[]): boolean[] {
  return variables.map(({ name, variable }) =>
    noDecay === undefined ? variable.rank >= 2 : !noDecay.some((text) => name.includes(text)),
  );
}

/**
 * Decoupled weight decay: a function that an optimizer calls on what it is about to move, before it does.
 * @param rate η of the step, after its schedule
 */
export function weightDecay(
  tf: TensorFlow,
  settings: DecaySettings,
  variables: readonly NamedVariable[],
  rate: () => number,
): (moves: readonly FusedMove[]) => void {
  const { weightDecay: lambda = 0 } = settings;
  if (lambda === 0) return () => undefined;
  const decays = decaysOf(settings, variables);
  return (moves) => {
    tf.tidy(() => {
      const kept = stepScalar(tf, () => 1 - lambda * rate());
      for (const { variable, place } of moves) {
        if (decays[place]!) variable.assign(tf.mul(variable, kept));
      }
    });
  };
}
