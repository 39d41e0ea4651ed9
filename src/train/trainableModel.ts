import type { LayersModel, LayerVariable, layers, Scalar, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import { UserError } from '../protocol/userError';
import type { Answer, CustomModel } from './experiment';
import { layerVariable } from './layerVariable';
import { findLastLayer, type LastLayer } from './lastLayer/lastLayer';
import type { NamedVariable } from './optimizers/optimizer';

/** What the loop needs of a model, whichever kind it is. */
export interface TrainableModel {
  /** Where a model has several outputs, by the names of the layers that give them. */
  apply(x: Tensor, training: boolean): Answer;
  /** Terms that the layers' regularizers add to the loss. */
  penalties(): Scalar[];
  /** What the optimizer moves. */
  readonly trainable: readonly NamedVariable[];
  /** All that a checkpoint must hold: also moving averages and frozen weights. */
  readonly variables: readonly NamedVariable[];
  /** Whether an answer, the only one or that of an output, has passed a softmax already and so holds no logits. */
  endsInSoftmax(output: string | undefined): boolean;
  /** Where the only answer is linear in the weights of a last layer that is trained. */
  readonly lastLayer?: LastLayer;
  /** The `tf.LayersModel` that it wraps; absent where it is written by hand. */
  readonly layers?: LayersModel;
  dispose(): void;
}

/**
 * Wraps what an experiment's `model()` returned.
 * @throws UserError `model-malformed` where it is no model, or has nothing to train
 */
export function trainableModel(tf: TensorFlow, model: unknown): TrainableModel {
  const wrapped =
    model instanceof tf.LayersModel ? fromLayers(tf, model) : isCustom(model) ? fromCustom(model) : undefined;
  if (wrapped === undefined) {
    throw new UserError(
      'model-malformed',
      'model() returned something that is not a model.',
      'Return a tf.sequential or tf.model, or an object { forward(x, training), variables }.',
    );
  }
  if (wrapped.trainable.length === 0) {
    throw new UserError(
      'model-malformed',
      'The model has no trainable variables.',
      'Give it layers with weights; a tf.sequential needs the inputShape of its first layer.',
    );
  }
  return wrapped;
}

function fromLayers(tf: TensorFlow, model: LayersModel): TrainableModel {
  const named = nameWeights(tf, model);
  const trainable = new Set(model.trainableWeights);
  const lastLayer = findLastLayer(tf, model);
  return {
    apply(x, training) {
      const answer = model.apply(x, { training }) as Tensor | Tensor[];
      return Array.isArray(answer) ? byOutput(model, answer) : answer;
    },
    penalties: () => model.calculateLosses(),
    trainable: named.filter(({ weight }) => trainable.has(weight)),
    variables: named,
    ...(lastLayer !== undefined && { lastLayer }),
    endsInSoftmax: (output) =>
      isSoftmax(
        output === undefined ? model.layers.at(-1) : model.layers.find(({ name }) => name === output),
      ),
    layers: model,
    dispose: () => void model.dispose(),
  };
}

function byOutput(model: LayersModel, answers: readonly Tensor[]): Answer {
  return Object.fromEntries(answers.map((answer, i) => [model.outputLayers[i]!.name, answer]));
}

function fromCustom(model: CustomModel): TrainableModel {
  const variables = Object.entries(model.variables).map(([name, variable]) => ({ name, variable }));
  return {
    apply: (x, training) => model.forward(x, training),
    penalties: () => [],
    trainable: variables.filter(({ variable }) => variable.trainable),
    variables,
    endsInSoftmax: () => false,
    dispose: () => variables.forEach(({ variable }) => variable.dispose()),
  };
}

function isSoftmax(layer: layers.Layer | undefined): boolean {
  return layer?.getClassName() === 'Softmax' || layer?.getConfig()['activation'] === 'softmax';
}

function isCustom(model: unknown): model is CustomModel {
  if (typeof model !== 'object' || model === null) return false;
  const { forward, variables } = model as Partial<CustomModel>;
  return typeof forward === 'function' && typeof variables === 'object';
}

/**
 * Names for the weights of a layers model that are the same in every process: `dense/kernel`,
 * `dense_1/kernel`. (The library's own count every layer that the process ever made.) A layer that the
 * user named keeps its name.
 */
function nameWeights(
  tf: TensorFlow,
  model: LayersModel,
): (NamedVariable & { readonly weight: LayerVariable })[] {
  const unique = uniqueNames();
  return model.layers.flatMap((layer) => {
    const kind = layer.getClassName();
    const automatic = /^(.+)_[A-Za-z0-9]+$/.exec(layer.name);
    const isAutomatic = automatic !== null && layer.name.slice(automatic[1]!.length + 1).startsWith(kind);
    const layerName = unique(isAutomatic ? automatic[1]! : layer.name);
    return layer.weights.map((weight) => {
      const variable = layerVariable(tf, weight);
      return { name: unique(`${layerName}/${weight.originalName.split('/').at(-1)!}`), variable, weight };
    });
  });
}

/** Returns a name unchanged the first time, then with _1, _2, … */
function uniqueNames(): (name: string) => string {
  const uses = new Map<string, number>();
  return (name) => {
    const used = uses.get(name) ?? 0;
    uses.set(name, used + 1);
    return used === 0 ? name : `${name}_${used}`;
  };
}
