import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';

/** How a tensor begins: normal with a deviation around 0, or one number throughout. */
export type Start = { readonly shape: readonly number[] } & (
  { readonly deviation: number } | { readonly value: number }
);

/** What a network takes: normal numbers, or integers below a bound. */
export type Input = { readonly shape: readonly number[] } & (
  { readonly kind: 'normal' } | { readonly kind: 'integers'; readonly below: number }
);

/** Initial weights by name. */
export type Weights = Readonly<Record<string, Tensor>>;

/** A training step on `[batch, …]` inputs and one-hot labels that returns the loss before it moves the weights. */
export type Step = (x: Tensor, y: Tensor) => Scalar;

/** One network that every contestant trains from the same weights on the same batches, to classify. */
export interface Network {
  readonly weights: Readonly<Record<string, Start>>;
  readonly input: Input;
  readonly classes: number;
  /** Labels in a batch. */
  readonly labels: number;
  /** Ordinary TensorFlow.js with `tf.train`. */
  build(tf: TensorFlow, weights: Weights): Step;
  /** Why PyTorch's network is not the same function, though it costs the same; absent where it is. */
  readonly differs?: string;
}

export function normal(shape: readonly number[], deviation: number): Start {
  return { shape, deviation };
}

export function constant(shape: readonly number[], value: number): Start {
  return { shape, value };
}

export function zeros(...shape: readonly number[]): Start {
  return constant(shape, 0);
}

/** Mean cross-entropy of logits, a scalar. */
export function crossEntropy(tf: TensorFlow, y: Tensor, logits: Tensor): Scalar {
  return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, logits);
}

/** Variables with the initial weights, found by name. */
export function variables(tf: TensorFlow, weights: Weights): (name: string) => Variable {
  const all = new Map(Object.entries(weights).map(([name, weight]) => [name, tf.variable(weight)]));
  return (name) => all.get(name)!;
}

/** Gives a layers model the initial weights; a weight's name is that of its layer and its own. */
export function setWeights(model: LayersModel, weights: Weights): void {
  for (const layer of model.layers) {
    for (const weight of layer.trainableWeights) {
      weight.write(weights[`${layer.name}/${weight.originalName.split('/').at(-1)!}`]!);
    }
  }
}
