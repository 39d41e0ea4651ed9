import type { DataId, Variable } from '@tensorflow/tfjs';
import type { DataType } from '../graph/tensorflow_pb';
import type { TensorValues } from '../node/backend';
import type { FusedUpdate } from '../optimizers/fusedUpdate';
import type { Counter } from '../record/counter';
import type { RandomDraw } from '../record/randomDraw';

/** Place of a value in `Program.values`. */
export type ValueIndex = number;

interface Typed {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A tensor that a step is given, holds, uses or computes. */
export type Value =
  /** An argument of the step. */
  | (Typed & { readonly kind: 'input'; readonly position: number })
  /** What a variable holds after so many fused updates in this step. */
  | (Typed & { readonly kind: 'variable'; readonly variable: Variable; readonly version: number })
  /** A tensor older than the step that its code holds on to. */
  | (Typed & { readonly kind: 'captured'; readonly dataId: DataId })
  /** Values made by JavaScript inside the step; with `draw`, by one of TensorFlow.js's random functions. */
  | (Typed & { readonly kind: 'constant'; readonly data: TensorValues; readonly draw?: RandomDraw })
  /** A number that JavaScript computes anew for every step, such as a scheduled learning rate. */
  | (Typed & { readonly kind: 'stepScalar'; readonly number: StepNumber })
  | (Typed & { readonly kind: 'result' });

/** A number of JavaScript's: how to compute it, and what it was in the step that was recorded. */
export interface StepNumber {
  readonly compute: () => number;
  readonly recorded: number;
}

/** One op of TensorFlow, as tfjs-node asked for it. */
export interface TensorOperation {
  readonly kind: 'tensor';
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly ValueIndex[];
  readonly outputs: readonly ValueIndex[];
}

/** Ops that TensorFlow's XLA compiles to one loop, so that what is between them never lies in memory. */
export interface FusedOperation {
  readonly kind: 'fused';
  /** In an order in which they can be computed. An op may be in several: it is computed anew in each. */
  readonly operations: readonly TensorOperation[];
  readonly inputs: readonly ValueIndex[];
  /** What others use of the ops' results. */
  readonly outputs: readonly ValueIndex[];
}

/** All variables that one optimizer moves at once. */
export interface UpdateOperation {
  readonly kind: 'update';
  readonly update: FusedUpdate;
  /** The rule's scalars by name. */
  readonly scalars: Readonly<Record<string, StepNumber>>;
  readonly moves: readonly Move[];
}

export interface Move {
  readonly variable: Variable;
  readonly gradient: ValueIndex;
  /** What the variable held when it was moved, and what it holds now. */
  readonly before: ValueIndex;
  readonly after: ValueIndex;
  /** Place of its slots, see `FusedUpdate.slots`. */
  readonly place: number;
}

export type Operation = TensorOperation | FusedOperation | UpdateOperation;

/** The values that an operation takes. */
export function inputsOf(operation: Operation): readonly ValueIndex[] {
  if (operation.kind !== 'update') return operation.inputs;
  return operation.moves.flatMap(({ gradient, before }) => [gradient, before]);
}

/** The values that an operation gives. */
export function outputsOf(operation: Operation): readonly ValueIndex[] {
  return operation.kind === 'update' ? operation.moves.map(({ after }) => after) : operation.outputs;
}

/** A training step without its control flow: what was computed from what, in the order in which it was asked for. */
export interface Program {
  readonly values: readonly Value[];
  readonly operations: readonly Operation[];
  /** What changes in JavaScript with every step, apart from what fused updates change. */
  readonly counters?: readonly Counter[];
  /** Variables that hold another tensor after the step, apart from what fused updates move. */
  readonly assignments: readonly { readonly variable: Variable; readonly value: ValueIndex }[];
  /** The tensors that the step returns, in the order of `flatten`. */
  readonly results: readonly ValueIndex[];
}
