import type { Scalar } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { FusedMove, FusedUpdate } from '../optimizers/fusedUpdate';
import { advance, type Counter } from './counter';
import { willCount } from './trial';

/** Who records the step that runs at present. */
export interface StepListener {
  /** Takes over a scalar's meaning: every later step shall compute it again. */
  heardScalar(scalar: Scalar, compute: () => number): void;
  /** Runs `eagerly` and records it as one update. Returns false where updates are not fused. */
  heardUpdate(update: FusedUpdate, moves: readonly FusedMove[], eagerly: () => void): boolean;
  /** What changes in JavaScript with every step. */
  heardCounter(counter: Counter): void;
  /** Another compiled step runs inside this one. */
  heardCompiledStep(): void;
  /** Runs `body`, in which a scalar made of the number in a field of `owner` has the field's meaning. */
  heardField(owner: object, field: string, body: () => void): void;
}

let current: StepListener | undefined;

/** Runs `body` while `listener` is told what optimizers do. */
export function withListener<T>(listener: StepListener, body: () => T): T {
  const outer = current;
  current = listener;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/**
 * A scalar whose value JavaScript computes for every step, such as a scheduled learning rate: in a compiled
 * step `compute` is called each time and its number is fed. The caller disposes the scalar.
 */
export function stepScalar(tf: TensorFlow, compute: () => number): Scalar {
  const scalar = tf.scalar(compute());
  meansNumber(scalar, compute);
  return scalar;
}

/** Says that a scalar holds what `compute` returns, which a compiled step calls each time. */
export function meansNumber(scalar: Scalar, compute: () => number): void {
  current?.heardScalar(scalar, compute);
}

/** Moves variables by a rule that a compiled step has one op for; `eagerly` does the same by ordinary ops. */
export function moveVariables(update: FusedUpdate, moves: readonly FusedMove[], eagerly: () => void): void {
  if (current?.heardUpdate(update, moves, eagerly) === true) return;
  eagerly();
}

/**
 * Runs `body`, which makes scalars of the number in a field of `owner`, or of its negative: in a compiled step the
 * field's present number is fed each time.
 */
export function withReadField(owner: object, field: string, body: () => void): void {
  if (current === undefined) body();
  else current.heardField(owner, field, body);
}

/** Says that a compiled step runs, in a session that no other step's graph can have in it. */
export function runsCompiledStep(): void {
  current?.heardCompiledStep();
}

/** Says that a step is about to count itself in JavaScript, which a compiled one shall do as well. */
export function countsStep(counter: Counter): void {
  willCount(counter);
  current?.heardCounter(counter);
}

/** Counts a step in JavaScript, which a compiled step does as well, after it has run. */
export function countStep(counter: Counter): void {
  countsStep(counter);
  advance(counter);
}
