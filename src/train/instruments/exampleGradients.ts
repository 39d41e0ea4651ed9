import type { layers, LayersModel, Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { compile, type CompiledStep } from '../../compile/compile';
import type { TensorFlow } from '../../engine/engine';
import type { CompileMode } from '../../protocol/compileMode';
import type { NamedVariable } from '../optimizers/optimizer';
import { withSeededRandom } from '../randomness';
import type { TrainableModel } from '../trainableModel';
import { flatten } from './flatVector';
import type { GradientMoments } from './gradientMoments';

/** Layers without weights that do to an example what they would do to it alone. */
const EXAMPLE_BY_EXAMPLE = new Set([
  ...['InputLayer', 'Flatten', 'Reshape', 'Permute', 'RepeatVector', 'Add', 'Average', 'Concatenate'],
  ...['Dot', 'Maximum', 'Minimum', 'Multiply', 'Activation', 'ELU', 'LeakyReLU', 'ReLU', 'Softmax'],
  ...['ThresholdedReLU', 'Dropout', 'SpatialDropout1D', 'GaussianDropout', 'GaussianNoise'],
  ...['AlphaDropout', 'AveragePooling1D', 'AveragePooling2D', 'GlobalAveragePooling1D'],
  ...['GlobalAveragePooling2D', 'GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'MaxPooling1D'],
  ...['MaxPooling2D', 'ZeroPadding2D', 'UpSampling2D'],
]);

/** A dense layer, and where its variables are among those that are trained. */
interface DenseLayer {
  readonly layer: layers.Layer;
  readonly kernel: number | undefined;
  readonly bias: number | undefined;
}

/** An activation as a dense layer sees it. */
interface Activation {
  apply(answer: Tensor): Tensor;
  /** By which the layer knows those that it can fuse with its product and its bias. */
  getClassName(): string;
}

/** What TensorFlow.js reads of a dense layer when it applies it. */
interface DenseFields {
  bias: unknown;
  activation: Activation;
}

/** A dense layer on a batch: its inputs, and the gradients of the examples' own losses by what it answers. */
interface LayerGradients {
  /** `[examples, inputs]`. */
  readonly inputs: Tensor2D;
  /** `[examples, outputs]`. */
  readonly deltas: Tensor2D;
}

type Moments = Pick<GradientMoments, 'mean' | 'variance' | 'along'>;

/**
 * The moments of the gradients of single examples, exactly and in one pass, for models whose weights are those
 * of dense layers. Such a layer's gradient of example i is xᵢδᵢᵀ, xᵢ its input and δᵢ the gradient by what it
 * answers, so that (methods: Goodfellow 2015)
 *
 *     Σᵢ gᵢ² = (X²)ᵀ(Δ²) entry by entry,   gᵢ·ḡ = xᵢᵀ Ḡ δᵢ,
 *
 * and no example's gradient is ever written down.
 */
export class ExampleGradients {
  private readonly compiled: CompiledStep<[Tensor, ...Tensor[]], Moments>;

  private constructor(
    private readonly tf: TensorFlow,
    private readonly model: TrainableModel,
    private readonly dense: readonly DenseLayer[],
    private readonly loss: (x: Tensor, y: readonly Tensor[]) => Scalar,
    mode: CompileMode,
  ) {
    this.compiled = compile(tf, (x, ...y: Tensor[]) => tf.tidy(() => this.measure(x, y)), {
      mode,
      rehearse: true,
    });
  }

  /**
   * @param loss of a batch as in training: a mean over its examples, and penalties
   * @returns `undefined` for models with other weights, or where an example's answer may depend on others
   */
  static of(
    tf: TensorFlow,
    model: TrainableModel,
    loss: (x: Tensor, y: readonly Tensor[]) => Scalar,
    mode: CompileMode,
  ): ExampleGradients | undefined {
    const dense = model.layers && denseLayers(model.layers, model.trainable);
    return dense && new ExampleGradients(tf, model, dense, loss, mode);
  }

  /**
   * Of a batch at the present weights. The tensors are the caller's.
   * @param seed of dropout and other random layers
   */
  moments(x: Tensor, y: readonly Tensor[], seed: number): GradientMoments {
    const moments = withSeededRandom(seed, () => this.compiled(x, ...y));
    return { parts: { count: x.shape[0], size: 1 }, ...moments };
  }

  dispose(): void {
    this.compiled.dispose();
  }

  private measure(x: Tensor, y: readonly Tensor[]): Moments {
    const { tf, model, dense } = this;
    const own = model.trainable.map((): Moments | undefined => undefined);
    const gradients = this.layerGradients(x, y);
    // A tf.sequential knows its penalties once it has been applied.
    const penalties = this.penaltyGradients();
    gradients.forEach(({ inputs, deltas }, i) => {
      const { kernel, bias } = dense[i]!;
      if (kernel !== undefined) own[kernel] = kernelMoments(tf, inputs, deltas, penalties[kernel]);
      if (bias !== undefined) own[bias] = biasMoments(tf, deltas, penalties[bias]);
    });
    const all = own.map((moments) => moments!);
    return {
      mean: flatten(
        tf,
        all.map(({ mean }) => mean),
      ),
      variance: flatten(
        tf,
        all.map(({ variance }) => variance),
      ),
      along: tf.concat(
        all.map(({ along }) => along),
        0,
      ),
    };
  }

  /** Gives every example a bias of its own in each layer: the gradient by it is δ of that example. */
  private layerGradients(x: Tensor, y: readonly Tensor[]): LayerGradients[] {
    const { tf, dense } = this;
    const count = x.shape[0];
    const inputs: Tensor2D[] = [];
    const biases = dense.map(({ layer }) => biasOfEach(tf, layer, count));
    const deltas = tf.grads(() => withBiases(tf, dense, biases, inputs, () => this.loss(x, y)))(biases);
    return deltas.map((delta, i) => {
      const kept = inputs[i]!;
      // The mean's gradient is a count-th of that of an example's own loss.
      const layer = { inputs: tf.clone(kept), deltas: tf.mul<Tensor2D>(delta, count) };
      kept.dispose();
      return layer;
    });
  }

  private penaltyGradients(): (Tensor | undefined)[] {
    const { tf, model } = this;
    const variables = model.trainable.map(({ variable }) => variable);
    const terms = (): Scalar[] => model.penalties();
    if (tf.tidy(() => terms().length) === 0) return variables.map(() => undefined);
    const { grads } = tf.variableGrads(() => tf.addN(terms()), variables);
    return variables.map(({ name }) => grads[name]);
  }
}

function denseLayers(
  { layers: all }: LayersModel,
  trainable: readonly NamedVariable[],
): DenseLayer[] | undefined {
  const weighted = all.filter(({ weights }) => weights.length > 0);
  const others = all.filter(({ weights }) => weights.length === 0);
  const isSupported =
    others.every((layer) => EXAMPLE_BY_EXAMPLE.has(layer.getClassName())) && weighted.every(isDense);
  if (!isSupported) return undefined;
  const placeOf = (tensor: Tensor | undefined): number | undefined => {
    const place = trainable.findIndex(({ variable }) => variable === tensor);
    return place < 0 ? undefined : place;
  };
  return weighted
    .map((layer) => {
      const [kernel, bias] = layer.weights.map((weight) => weight.read());
      return { layer, kernel: placeOf(kernel), bias: placeOf(bias) };
    })
    .filter(({ kernel, bias }) => kernel !== undefined || bias !== undefined);
}

/** Whether a layer is a dense one that is applied once, to a row an example. */
function isDense(layer: layers.Layer): boolean {
  const isOne = layer.getClassName() === 'Dense' && layer.inboundNodes.length === 1;
  return isOne && !Array.isArray(layer.input) && layer.input.shape.length === 2;
}

function biasOfEach(tf: TensorFlow, layer: layers.Layer, count: number): Tensor2D {
  const [kernel, bias] = layer.weights.map((weight) => weight.read());
  const outputs = kernel!.shape[1]!;
  if (bias === undefined) return tf.zeros([count, outputs]);
  return tf.tile<Tensor2D>(tf.reshape(bias, [1, outputs]), [count, 1]);
}

/** Does something while layers have other biases, and keeps what the layers are applied to. */
function withBiases<T>(
  tf: TensorFlow,
  dense: readonly DenseLayer[],
  biases: readonly Tensor2D[],
  inputs: Tensor2D[],
  work: () => T,
): T {
  const fields = dense.map(({ layer }) => layer as unknown as DenseFields);
  const originals = fields.map(({ bias, activation }) => ({ bias, activation }));
  dense.forEach(({ layer }, i) => {
    const { activation } = originals[i]!;
    // A product can be fused with a bias for all examples, not with one for each.
    fields[i]!.bias = null;
    fields[i]!.activation = {
      getClassName: () => 'afterBiasOfEach',
      apply: (product) => activation.apply(tf.add(product, biases[i]!)),
    };
    layer.setCallHook((given) => {
      // Else it would be disposed with all that the forward pass made.
      inputs[i] = tf.keep(tf.clone((Array.isArray(given) ? given[0]! : given) as Tensor2D));
    });
  });
  try {
    return work();
  } finally {
    dense.forEach(({ layer }, i) => {
      layer.clearCallHook();
      Object.assign(fields[i]!, originals[i]!);
    });
  }
}

function kernelMoments(
  tf: TensorFlow,
  inputs: Tensor2D,
  deltas: Tensor2D,
  penalty: Tensor | undefined,
): Moments {
  const count = inputs.shape[0];
  const mean = tf.div<Tensor2D>(tf.matMul(inputs, deltas, true), count);
  const squares = tf.matMul<Tensor2D>(tf.square(inputs), tf.square(deltas), true);
  const gradient = penalty === undefined ? mean : tf.add<Tensor2D>(mean, penalty);
  const dots = tf.sum(tf.mul(tf.matMul(inputs, gradient), deltas), 1);
  return {
    mean: tf.reshape(gradient, [-1]),
    // Rounding may take more away than there is.
    variance: tf.reshape(tf.relu(tf.div(tf.sub(squares, tf.mul(tf.square(mean), count)), count - 1)), [-1]),
    along: tf.reshape(tf.sub(dots, tf.sum(tf.mul(mean, gradient))), [1, count]),
  };
}

function biasMoments(tf: TensorFlow, deltas: Tensor2D, penalty: Tensor | undefined): Moments {
  const count = deltas.shape[0];
  const mean = tf.mean<Tensor1D>(deltas, 0);
  const deviations = tf.sub<Tensor2D>(deltas, mean);
  const gradient = penalty === undefined ? mean : tf.add<Tensor1D>(mean, penalty);
  return {
    mean: gradient,
    variance: tf.div(tf.sum(tf.square(deviations), 0), count - 1),
    along: tf.reshape(tf.matMul(deviations, tf.reshape(gradient, [-1, 1])), [1, count]),
  };
}
