import type { Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { NamedVariable } from './optimizer';

/** One tensor of zeros beside each variable: a velocity, a moment. */
export interface Slot {
  /** The tensor beside the variable at this place of the list. */
  readonly at: (place: number) => Variable;
  readonly state: readonly NamedVariable[];
  dispose(): void;
}

export function createSlot(tf: TensorFlow, slot: string, variables: readonly NamedVariable[]): Slot {
  const state = variables.map(({ name, variable }) => {
    const zeros = tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
    return { name: `${slot}/${name}`, variable: zeros };
  });
  return {
    at: (place) => state[place]!.variable,
    state,
    dispose: () => state.forEach(({ variable }) => variable.dispose()),
  };
}
