import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Counter } from '../record/counter';

/** Rules that TensorFlow has one op for. */
export type FusedRule = 'gradientDescent' | 'momentum' | 'nesterov' | 'adam' | 'rmsProp' | 'adaMax';

/**
 * How an optimizer moves its variables, for the graph: a rule, what it remembers beside each variable, and
 * its scalars, which are computed anew for every step.
 */
export interface FusedUpdate {
  readonly rule: FusedRule;
  /** Slots in the order of the rule's op; each holds one variable for every variable that is moved. */
  readonly slots: readonly ((place: number) => Variable)[];
  /** Scalars of the rule by name; see `lower/updates`. */
  readonly scalars: Readonly<Record<string, () => number>>;
  /** Variables beside the slots that the update changes, such as running products of decays. */
  readonly products?: readonly Variable[];
  /** What it counts in JavaScript with each step. */
  readonly counter?: Counter;
  /** Brings these products up to date when ordinary code goes on after compiled steps. */
  readonly settle?: () => void;
}

/** A variable that an update moves, and the place of its slots. */
export interface FusedMove {
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly place: number;
}
