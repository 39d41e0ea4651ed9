import { moveVariables, stepScalar } from '../../compile/record/listener';
import type { FusedMove } from '../../compile/optimizers/fusedUpdate';
import type { TensorFlow } from '../../engine/engine';
import type { NamedVariable } from './optimizer';
import { createSlot } from './slot';

/** Numbers of a step, which may change from one to the next. */
export interface HeavyBallNumbers {
  readonly rate: () => number;
  readonly decay: () => number;
}

/** a ← decay·a + g, w ← w − rate·a; Nesterov's looks ahead: w ← w − rate·(g + decay·a). */
export interface HeavyBall {
  readonly state: readonly NamedVariable[];
  move(moves: readonly FusedMove[]): void;
  /** Multiplies what is remembered, between two steps. */
  scaleVelocities(ratio: number): void;
  dispose(): void;
}

export function heavyBall(
  tf: TensorFlow,
  rule: 'momentum' | 'nesterov',
  numbers: HeavyBallNumbers,
  variables: readonly NamedVariable[],
): HeavyBall {
  const velocities = createSlot(tf, 'velocity', variables);
  return {
    state: velocities.state,
    move(moves) {
      moveVariables({ rule, slots: [velocities.at], scalars: { ...numbers } }, moves, () => {
        tf.tidy(() => {
          const rate = stepScalar(tf, numbers.rate);
          const decay = stepScalar(tf, numbers.decay);
          for (const { variable, gradient, place } of moves) {
            const velocity = velocities.at(place);
            velocity.assign(tf.add(tf.mul(decay, velocity), gradient));
            const direction = rule === 'nesterov' ? tf.add(gradient, tf.mul(decay, velocity)) : velocity;
            variable.assign(tf.sub(variable, tf.mul(rate, direction)));
          }
        });
      });
    },
    scaleVelocities(ratio) {
      for (const { variable } of velocities.state) tf.tidy(() => variable.assign(tf.mul(variable, ratio)));
    },
    dispose: () => velocities.dispose(),
  };
}
