import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { countsStep, meansNumber, moveVariables, withReadField } from '../record/listener';
import type { Counter } from '../record/counter';
import type { FusedMove, FusedUpdate } from './fusedUpdate';

/** A variable that the loss does not depend on has none. */
type MaybeGradient = Tensor | null | undefined;
type Gradients = NamedTensorMap | { readonly name: string; readonly tensor: MaybeGradient }[];

/** What TensorFlow.js's optimizers keep beside a variable, by its place among those of `applyGradients`. */
type Accumulators = readonly ({ readonly variable: Variable } | undefined)[];

/** The members of TensorFlow.js's optimizers that the rules need, most of which its typings hide. */
interface Internals {
  readonly learningRate: number;
  readonly iterations: number;
  iterations_: number;
  applyGradients(gradients: Gradients): void;
  /** −η and the momentum of SGD and momentum: `setLearningRate` makes the first anew. */
  readonly c: Scalar;
  readonly m: Scalar;
  readonly useNesterov: boolean;
  /** RMSProp's. */
  readonly momentum: number;
  readonly accumulations: Accumulators;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: Accumulators;
  readonly accumulatedSecondMoment: Accumulators;
  readonly accumulatedWeightedInfNorm: Accumulators;
  readonly iteration: Variable;
  readonly decay: number;
  readonly centered: boolean;
  readonly accumulatedMeanSquares: Accumulators;
  readonly accumulatedMoments: Accumulators;
}

/**
 * Runs `body` while TensorFlow.js's own optimizers say what they do where TensorFlow has one op for it: SGD,
 * momentum, Nesterov, Adam, Adamax and RMSProp. The others are ordinary ops, and so are two whose formula
 * differs from TensorFlow's: centered RMSProp, and Adagrad, where TensorFlow.js adds ε inside the root and
 * TensorFlow's ops add none or outside. (With ε in the slot, as a sum that begins at its value, Adagrad would be
 * one op too, but what is saved of it would not give the same bits back.) On large variables their ops become one
 * loop. Those that are ops say what their learning rate is among them.
 */
export function withHeardOptimizers<T>(tf: TensorFlow, body: () => T): T {
  const classes = [
    [tf.SGDOptimizer, gradientDescent],
    [tf.MomentumOptimizer, momentum],
    [tf.AdamOptimizer, adam],
    [tf.AdamaxOptimizer, adaMax],
    [tf.RMSPropOptimizer, rmsProp],
    [tf.AdagradOptimizer, undefined],
    [tf.AdadeltaOptimizer, undefined],
  ] as const;
  const restores = classes.map(([{ prototype }, describe]) => {
    const target = prototype as unknown as Internals;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the optimizer it is taken from
    const original = target.applyGradients;
    target.applyGradients = function (this: Internals, gradients: Gradients) {
      const update = describe?.(tf, this);
      const eagerly = (): void => asOps(this, () => original.call(this, gradients));
      if (update === undefined) eagerly();
      else moveVariables(update, movesOf(tf, gradients), eagerly);
    };
    return () => {
      target.applyGradients = original;
    };
  });
  try {
    return body();
  } finally {
    restores.forEach((restore) => restore());
  }
}

/** Runs an optimizer's ops, in which the learning rate is a number of the step. */
function asOps(optimizer: Internals, apply: () => void): void {
  countsStep(counterOf(optimizer));
  const { c } = optimizer as Partial<Internals>;
  if (c === undefined) {
    withReadField(optimizer, 'learningRate', apply);
  } else {
    // SGD and momentum hold it in a scalar: their field says only what was asked for.
    meansNumber(
      c,
      heldBy(() => optimizer.c),
    );
    apply();
  }
}

/** The number in a scalar that an optimizer holds and may replace: it is fetched where it is another one. */
function heldBy(current: () => Scalar): () => number {
  let known: Scalar | undefined;
  let number = NaN;
  return () => {
    const scalar = current();
    if (scalar !== known) [known, number] = [scalar, scalar.dataSync()[0]!];
    return number;
  };
}

function movesOf(tf: TensorFlow, gradients: Gradients): FusedMove[] {
  const named: readonly [string, MaybeGradient][] = Array.isArray(gradients)
    ? gradients.map(({ name, tensor }) => [name, tensor])
    : Object.entries(gradients);
  const { registeredVariables } = tf.engine();
  return named.flatMap(([name, gradient], place) => {
    const variable = registeredVariables[name];
    return gradient && variable ? [{ variable, gradient, place }] : [];
  });
}

function at(accumulators: () => Accumulators): (place: number) => Variable {
  return (place) => accumulators()[place]!.variable;
}

function gradientDescent(_tf: TensorFlow, optimizer: Internals): FusedUpdate {
  const negativeRate = heldBy(() => optimizer.c);
  return {
    rule: 'gradientDescent',
    slots: [],
    scalars: { rate: () => -negativeRate() },
    counter: counterOf(optimizer),
  };
}

function momentum(_tf: TensorFlow, optimizer: Internals): FusedUpdate {
  const negativeRate = heldBy(() => optimizer.c);
  return {
    rule: optimizer.useNesterov ? 'nesterov' : 'momentum',
    slots: [at(() => optimizer.accumulations)],
    scalars: { rate: () => -negativeRate(), decay: heldBy(() => optimizer.m) },
    counter: counterOf(optimizer),
  };
}

/** `accBeta1` is β₁ to the power of the step that comes next; so it is after n steps β₁ⁿ⁺¹. */
function adam(tf: TensorFlow, optimizer: Internals): FusedUpdate {
  const power = (beta: number): number => beta ** (optimizer.iterations + 1);
  return {
    rule: 'adam',
    slots: [at(() => optimizer.accumulatedFirstMoment), at(() => optimizer.accumulatedSecondMoment)],
    scalars: {
      rate: () => optimizer.learningRate,
      beta1: () => optimizer.beta1,
      beta2: () => optimizer.beta2,
      power1: () => power(optimizer.beta1),
      power2: () => power(optimizer.beta2),
      // TensorFlow.js adds ε to the corrected root, TensorFlow's op to the root before its correction.
      epsilon: () => optimizer.epsilon * Math.sqrt(1 - power(optimizer.beta2)),
    },
    products: [optimizer.accBeta1, optimizer.accBeta2],
    counter: counterOf(optimizer),
    settle: () => {
      set(tf, optimizer.accBeta1, power(optimizer.beta1));
      set(tf, optimizer.accBeta2, power(optimizer.beta2));
    },
  };
}

function adaMax(tf: TensorFlow, optimizer: Internals): FusedUpdate {
  const power = (): number => optimizer.beta1 ** (optimizer.iterations + 1);
  return {
    rule: 'adaMax',
    slots: [at(() => optimizer.accumulatedFirstMoment), at(() => optimizer.accumulatedWeightedInfNorm)],
    scalars: {
      rate: () => optimizer.learningRate / (1 + optimizer.iterations * optimizer.decay),
      beta1: () => optimizer.beta1,
      beta2: () => optimizer.beta2,
      power1: power,
      epsilon: () => optimizer.epsilon,
    },
    products: [optimizer.accBeta1, optimizer.iteration],
    counter: counterOf(optimizer),
    settle: () => {
      set(tf, optimizer.accBeta1, power());
      set(tf, optimizer.iteration, optimizer.iterations);
    },
  };
}

function rmsProp(_tf: TensorFlow, optimizer: Internals): FusedUpdate | undefined {
  if (optimizer.centered) return undefined;
  return {
    rule: 'rmsProp',
    slots: [at(() => optimizer.accumulatedMeanSquares), at(() => optimizer.accumulatedMoments)],
    scalars: {
      rate: () => optimizer.learningRate,
      decay: () => optimizer.decay,
      momentum: () => optimizer.momentum,
      epsilon: () => optimizer.epsilon,
    },
    counter: counterOf(optimizer),
  };
}

/** The number of steps, which TensorFlow.js's optimizers have a getter for and no setter. */
function counterOf(optimizer: Internals): Counter {
  return {
    read: () => optimizer.iterations,
    write: (count) => {
      optimizer.iterations_ = count;
    },
  };
}

function set(tf: TensorFlow, variable: Variable, value: number): void {
  const scalar = tf.scalar(value);
  variable.assign(scalar);
  scalar.dispose();
}
