import type { layers, LayersModel, LayerVariable, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';

/** A dense layer at the end of a model that adds no activation: the model is linear in its weights. */
export interface LastLayer {
  /** What the layer is given for a batch: `[rows, inputs]`. */
  inputsOf(x: Tensor, training: boolean): Tensor2D;
  /** `[inputs, outputs]`. */
  readonly kernel: Variable;
  /** `[outputs]`; absent where there is none. */
  readonly bias?: Variable;
}

/**
 * @param variables the variables of the model's weights
 * @returns `undefined` where a model ends in something else, or in such a layer that is not trained
 */
export function lastLayerOf(
  tf: TensorFlow,
  model: LayersModel,
  variables: ReadonlyMap<LayerVariable, Variable>,
): LastLayer | undefined {
  const layer = model.outputs[0]?.sourceLayer;
  if (layer === undefined || model.outputs.length > 1 || !isLinear(layer)) return undefined;
  const [kernel, bias] = layer.trainableWeights.map((weight) => variables.get(weight));
  if (kernel === undefined) return undefined;
  const [source] = model.inputs;
  const { input } = layer;
  if (source === undefined || model.inputs.length > 1 || Array.isArray(input)) return undefined;
  // A model of the same layers, which holds nothing of its own.
  const body = input === source ? undefined : tf.model({ inputs: source, outputs: input });
  return {
    inputsOf: (x, training) => (body === undefined ? tf.clone(x) : body.apply(x, { training })) as Tensor2D,
    kernel,
    ...(bias !== undefined && { bias }),
  };
}

/** One that is applied in several places has no one input. */
function isLinear(layer: layers.Layer): boolean {
  return (
    layer.getClassName() === 'Dense' &&
    layer.getConfig()['activation'] === 'linear' &&
    layer.inboundNodes.length === 1 &&
    layer.outputShape.length === 2
  );
}
