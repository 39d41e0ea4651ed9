import type { Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { NamedVariable } from './optimizer';

/** One tensor of zeros beside each variable: a velocity, a moment. */
export interface Slot {
  readonly of: (variable: Variable) => Variable;
  readonly state: readonly NamedVariable[];
  dispose(): void;
}

export function createSlot(tf: TensorFlow, slot: string, variables: readonly NamedVariable[]): Slot {
  const beside = new Map<Variable, Variable>();
  const state = variables.map(({ name, variable }) => {
    const zeros = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
    beside.set(variable, zeros);
    return { name: `${slot}/${name}`, variable: zeros };
  });
  return {
    of: (variable) => beside.get(variable)!,
    state,
    dispose: () => state.forEach(({ variable }) => variable.dispose()),
  };
}
