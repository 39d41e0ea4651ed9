import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { compile, type CompiledStep } from '../../compile/compile';
import type { TensorFlow } from '../../engine/engine';
import type { CompileMode } from '../../protocol/compileMode';
import { lossGradients } from '../lossGradients';
import type { Losses } from '../objective';
import { withSeededRandom } from '../randomness';
import type { TrainableModel } from '../trainableModel';
import { flatten } from './flatVector';
import { remember } from './remembered';

/**
 * Loss of a batch, penalties included, and its gradient: the trainable variables' entries one after another. One
 * vector, because a compiled step is held to what its results are in their largest entry, and the gradient of
 * a single variable can be rounding throughout: a bias before a batch normalization.
 */
export interface MeasuredGradients {
  /** A scalar, or a vector that begins with it: see `lossGradients`. */
  readonly loss: Tensor;
  readonly gradient: Tensor1D;
}

/**
 * Gradients of batches at the present weights, as in training (dropout, statistics of the batch) but without
 * any consequence: what the model changes while it is applied, such as moving averages, is as before.
 */
export class BatchGradients {
  private readonly compiled: CompiledStep<[Tensor, ...Tensor[]], MeasuredGradients>;

  /** @param losses of a batch as in training */
  constructor(
    private readonly tf: TensorFlow,
    model: TrainableModel,
    losses: (x: Tensor, y: readonly Tensor[]) => Losses,
    mode: CompileMode,
  ) {
    const variables = model.trainable.map(({ variable }) => variable);
    const trained = new Set(variables);
    const others = model.variables.filter(({ variable }) => !trained.has(variable));
    const measure = (x: Tensor, ...y: Tensor[]): MeasuredGradients =>
      tf.tidy(() => {
        const restore = remember(tf, others);
        const { value, grads } = lossGradients(tf, losses, variables, x, y, 1);
        restore();
        const gradients = variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
        return { loss: value, gradient: flatten(tf, gradients) };
      });
    this.compiled = compile(tf, measure, { mode, rehearse: true, timeEager: false });
  }

  /** @param seed of dropout and other random layers: the same seed draws the same numbers */
  of(x: Tensor, y: readonly Tensor[], seed: number): MeasuredGradients {
    return withSeededRandom(seed, () => this.compiled(x, ...y));
  }

  /** Gradients of equal parts of a batch, one after the other. */
  ofParts(x: Tensor, y: readonly Tensor[], count: number, size: number, seed: number): Tensor1D[] {
    const { tf } = this;
    return Array.from({ length: count }, (_, i) => {
      const [partX, ...partY] = [x, ...y].map((whole) => tf.slice(whole, i * size, size));
      const { loss, gradient } = this.of(partX!, partY, (seed + i) >>> 0);
      tf.dispose([partX!, ...partY, loss]);
      return gradient;
    });
  }

  dispose(): void {
    this.compiled.dispose();
  }
}
