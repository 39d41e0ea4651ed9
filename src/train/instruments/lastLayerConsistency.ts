import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { Experiment } from '../experiment';
import type { LastLayer } from '../lastLayer/lastLayer';
import { withSeededRandom } from '../randomness';
import { gramOf, logitsOf, type LinearModel } from '../splitting/linearModel';
import type { LocalLoss } from '../splitting/localLoss';
import type { TrainableModel } from '../trainableModel';
import { remember } from './remembered';
import { splittingConsistency } from './splittingConsistency';

/** Examples at most: the flow is integrated in plain float64, each evaluation taking rows² · outputs products. */
const MOST_ROWS = 64;
const MOST_PRODUCTS = 2 ** 16;

/** A batch as in training, and the random numbers of its step. */
interface SeededBatch {
  readonly x: Tensor;
  /** One target, as the losses that are known have. */
  readonly y: readonly Tensor[];
  readonly seed: number;
}

/**
 * The splitting consistency of the last layer, its inputs held, on a batch or as much of it as is affordable. Like a
 * gradient that is measured, it leaves the model as it is.
 * @param rate learning rate of the step
 * @returns `undefined` where the loss is none of the named ones, or nothing moves
 */
export async function lastLayerConsistency(
  tf: TensorFlow,
  model: TrainableModel,
  lastLayer: LastLayer,
  loss: Experiment['loss'],
  { x, y, seed }: SeededBatch,
  rate: number,
): Promise<number | undefined> {
  const { kernel, bias } = lastLayer;
  const [inputs, outputs] = kernel.shape as [number, number];
  const local = localLossOf(loss, outputs);
  const [target] = y;
  if (local === undefined || target?.rank !== 2) return undefined;
  const rows = Math.min(x.shape[0], MOST_ROWS, Math.floor(Math.sqrt(MOST_PRODUCTS / outputs)));
  if (rows < 1) return undefined;
  const given = tf.tidy(() => {
    const trained = new Set(model.trainable.map(({ variable }) => variable));
    const restore = remember(
      tf,
      model.variables.filter(({ variable }) => !trained.has(variable)),
    );
    // The whole batch, because normalizations see it whole in training.
    const whole = withSeededRandom(seed, () => lastLayer.features(x));
    restore();
    return tf.slice(whole, 0, rows);
  });
  const targets = tf.slice(target, 0, rows);
  try {
    const [values, wanted, weights, offsets] = await Promise.all(
      [given, targets, kernel, bias].map(async (tensor) => tensor && Float64Array.from(await tensor.data())),
    );
    const linear: LinearModel = { inputs, outputs, weights: weights!, ...(offsets && { bias: offsets }) };
    const batch = { rows, inputs: values!, targets: wanted! };
    const gram = gramOf(batch, bias !== undefined);
    const problem = {
      rows,
      outputs,
      gram: () => gram,
      logits: logitsOf(linear, batch),
      targets: batch.targets,
      pull: 0,
    };
    return splittingConsistency(local.loss, problem, local.scale * rate);
  } finally {
    tf.dispose([given, targets]);
  }
}

/** The loss of an example as splitting knows it, and what a named loss is of it. */
function localLossOf(
  loss: Experiment['loss'],
  outputs: number,
): { readonly loss: LocalLoss; readonly scale: number } | undefined {
  if (loss === 'softmaxCrossEntropy') return { loss: 'softmax', scale: 1 };
  // A mean over outputs, without the half.
  if (loss === 'meanSquaredError') return { loss: 'squares', scale: 2 / outputs };
  return undefined;
}
