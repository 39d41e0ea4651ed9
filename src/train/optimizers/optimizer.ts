import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { FusedMove } from '../../compile/optimizers/fusedUpdate';

/** By the engine's names of variables; `null` for a variable that is not trainable now. */
export type Gradients = Readonly<Record<string, Tensor | null>>;

/** A variable under the name that checkpoints know it by. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
}

/**
 * A step in the terms of gradient descent with a heavy ball, a ← β·a + g, w ← w − s·a, whatever the optimizer
 * calls its numbers. `s` is effectiveStep·(1 − momentum).
 */
export interface Dynamics {
  /** η as the optimizer means it, after its schedule. */
  readonly learningRate: number;
  /** How far a gradient of 1 moves a weight in the end: s / (1 − β). */
  readonly effectiveStep: number;
  /** β; 0 where nothing is remembered. */
  readonly momentum: number;
  /** Constants of NAG-GS in the step. */
  readonly nagGs?: { readonly alpha: number; readonly mu: number; readonly gamma: number };
  /** Steps are scaled weight by weight or turned, so that they follow another geometry than the gradient's. */
  readonly preconditioned?: true;
}

/** The curvature that an optimizer takes its step from. */
export interface FollowedCurvature {
  /** λmax that the next step is made for; `undefined` where nothing is known of it. Set to go on as before. */
  largest: number | undefined;
  /**
   * Takes the next steps, between two of which this stands, from another λmax. What is in motion goes on.
   * @param largest above 0 and finite; it is rounded to float32, in which it can be saved
   */
  follow(largest: number): void;
}

/** Moves variables against their gradients; what it remembers of each, it keeps by the variable's name. */
export interface Optimizer {
  /**
   * The step that follows `iterations` others. `gradients` is what `tf.variableGrads` returns, keyed by the
   * engine's names of variables; a variable without a gradient stays where it is.
   */
  step(gradients: Gradients): void;
  /** Everything that the next step depends on, beside the variables: named `<slot>/<variable>`. */
  readonly state: readonly NamedVariable[];
  /** Steps done. Whoever calls `step` counts: in a compiled step its JavaScript does not run. */
  iterations: number;
  /** What the step that comes next is like. */
  dynamics(): Dynamics;
  /**
   * Where each weight has a learning rate of its own: what the rate is divided by after the steps done, √v̂ + ε
   * of Adam, a tensor a variable in the variables' order, which the caller disposes.
   */
  readonly scales?: () => readonly Tensor[];
  /**
   * Where the weights to test and to use are not those that gradients are taken at: the former, a tensor a
   * variable in the variables' order, which the caller disposes.
   */
  readonly evaluated?: () => readonly Tensor[];
  /** Where the step follows from the curvature of the loss, which somebody else measures. */
  readonly curvature?: FollowedCurvature;
  dispose(): void;
}

export function presentGradients(gradients: Gradients): [string, Tensor][] {
  return Object.entries(gradients).flatMap(([name, gradient]) =>
    gradient === null ? [] : [[name, gradient]],
  );
}

/** The variables that have a gradient, because the loss depends on them, with their places in the list. */
export function movesOf(gradients: Gradients, variables: readonly NamedVariable[]): FusedMove[] {
  return variables.flatMap(({ variable }, place) => {
    const gradient = gradients[variable.name];
    return gradient === undefined || gradient === null ? [] : [{ variable, gradient, place }];
  });
}
