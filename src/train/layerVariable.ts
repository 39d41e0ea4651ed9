import type { LayerVariable, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';

/** The variable that holds a weight of a layer. */
export function layerVariable(tf: TensorFlow, weight: LayerVariable): Variable {
  const variable: Tensor = weight.read();
  if (!(variable instanceof tf.Variable)) throw new Error(`${weight.name} holds no variable.`);
  return variable as Variable;
}
