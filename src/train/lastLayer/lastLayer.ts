import type { layers, LayersModel, SymbolicTensor, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { UserError } from '../../protocol/userError';
import { layerVariable } from '../layerVariable';

/** The dense layer that a model ends in, and the model before it. */
export interface LastLayer {
  /** `[inputs, outputs]`. */
  readonly kernel: Variable;
  /** `[outputs]`. */
  readonly bias: Variable | undefined;
  /** What the model before it makes of a batch in training: `[examples, inputs]`. */
  features(x: Tensor): Tensor2D;
  /** `[examples, outputs]`. */
  answer(features: Tensor2D): Tensor2D;
}

/** Settings of a dense layer that would make more of it than features times a kernel, or add to the loss. */
const ADDITIONS = [
  'kernelRegularizer',
  'biasRegularizer',
  'activityRegularizer',
  'kernelConstraint',
  'biasConstraint',
];

/** @throws UserError `last-layer` where the model does not end in one dense layer that is linear and trainable */
export function lastLayerOf(tf: TensorFlow, model: LayersModel): LastLayer {
  const layer = model.outputs[0]!.sourceLayer;
  const obstacle = obstacleIn(model, layer) ?? obstacleInLayer(layer);
  if (obstacle !== undefined) throw obstacle;
  return split(tf, model, layer);
}

/** The last layer where the model has one that {@link lastLayerOf} takes. */
export function findLastLayer(tf: TensorFlow, model: LayersModel): LastLayer | undefined {
  const layer = model.outputs[0]!.sourceLayer;
  const obstacle = obstacleIn(model, layer) ?? obstacleInLayer(layer);
  return obstacle === undefined ? split(tf, model, layer) : undefined;
}

function split(tf: TensorFlow, model: LayersModel, layer: layers.Layer): LastLayer {
  const [kernel, bias] = layer.weights.map((weight) => layerVariable(tf, weight));
  return {
    kernel: kernel!,
    bias,
    features: featuresOf(tf, model, layer.input as SymbolicTensor),
    answer: (features) => layer.apply(features) as Tensor2D,
  };
}

/** The model before a layer. It shares its layers with the whole, which disposes them. */
function featuresOf(tf: TensorFlow, model: LayersModel, end: SymbolicTensor): LastLayer['features'] {
  if (model.inputs.includes(end)) return (x) => tf.clone(x) as Tensor2D;
  let before: LayersModel | undefined;
  return (x) => {
    before ??= tf.model({ inputs: model.inputs, outputs: end });
    return before.apply(x, { training: true }) as Tensor2D;
  };
}

function obstacleIn({ outputs }: LayersModel, layer: layers.Layer): UserError | undefined {
  if (outputs.length > 1) {
    return refusal('the model has several outputs', 'Give the model one output, or leave lastLayer out.');
  }
  if (layer.getClassName() !== 'Dense') {
    return refusal(
      `the model ends in a layer of the kind ${layer.getClassName()}`,
      'End it in tf.layers.dense.',
    );
  }
  if (layer.inboundNodes.length > 1) {
    return refusal(`the layer ${layer.name} is used twice`, 'End the model in a dense layer of its own.');
  }
  if (outputs[0]!.shape.length !== 2) {
    return refusal('it answers with more than one row an example', 'Flatten or pool what comes before it.');
  }
  return undefined;
}

function obstacleInLayer(layer: layers.Layer): UserError | undefined {
  const config = layer.getConfig();
  const activation = config['activation'] as string;
  if (activation !== 'linear') {
    const remedy =
      activation === 'softmax'
        ? "Remove activation: 'softmax' from it: softmaxCrossEntropy takes logits."
        : 'Remove its activation, or add a dense layer after it.';
    return refusal(`its activation is ${activation}`, remedy);
  }
  const addition = ADDITIONS.find((key) => config[key] !== null && config[key] !== undefined);
  if (addition !== undefined) {
    return refusal(`it has a ${addition}`, 'Remove it from the layer; lastLayer.pull holds its steps back.');
  }
  return layer.trainableWeights.length < layer.weights.length
    ? refusal('it is frozen', 'Let it be trainable, or leave lastLayer out.')
    : undefined;
}

/** Why the last layer cannot be moved apart. */
export function refusal(reason: string, remedy: string): UserError {
  return new UserError('last-layer', `The last layer cannot be split off: ${reason}.`, remedy);
}
