import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { assignTensor } from '../assignTensor';
import type { Batch, LinearModel } from '../splitting/linearModel';
import { SplittingSolver } from '../splitting/splittingSolver';
import type { SplitLoss } from './check';
import type { LastLayer } from './lastLayer';
import type { LastLayerSettings } from './settings';

/** α of the paper counts steps of SGD; longer ones than this fit a batch at the cost of the others. */
const STEP_LIMIT = 1;

/**
 * Moves the last layer along the flow of a batch's loss, what comes before it held fast: then the model is linear,
 * and the flow is that of {@link SplittingSolver}, in float64, at any length without divergence.
 */
export class HeadSolver {
  constructor(
    private readonly tf: TensorFlow,
    private readonly head: LastLayer,
    private readonly loss: SplitLoss,
    private readonly settings: LastLayerSettings,
  ) {}

  /**
   * One step on a batch. Features or weights that are not finite leave the layer where it is: the loss tells of
   * them.
   * @param features `[examples, inputs]`
   * @param target `[examples, outputs]`
   * @param factor of the learning rate, by the schedule
   */
  step(features: Tensor2D, target: Tensor, factor: number): void {
    const { tf, head, loss, settings } = this;
    const { learningRate, stepLimit = STEP_LIMIT, pull = 0 } = settings;
    const [inputs, outputs] = head.kernel.shape as [number, number];
    const model: LinearModel = {
      inputs,
      outputs,
      weights: numbersOf(head.kernel),
      ...(head.bias && { bias: numbersOf(head.bias) }),
    };
    const batch: Batch = {
      rows: features.shape[0],
      inputs: numbersOf(features),
      targets: numbersOf(target),
    };
    const all = [model.weights, model.bias ?? [], batch.inputs];
    if (!all.every((numbers) => numbers.every(Number.isFinite))) return;
    // The flow of s times a loss, with a pull, is the loss's own, s times as long, with that pull divided by s.
    const scale = loss.scale(outputs);
    const solver = new SplittingSolver(model, { loss: loss.local, local: 'flow', pull: pull / scale });
    solver.step(batch, scale * Math.min(stepLimit, learningRate * factor));
    assignTensor(tf, head.kernel, Float32Array.from(model.weights));
    if (head.bias && model.bias) assignTensor(tf, head.bias, Float32Array.from(model.bias));
  }
}

function numbersOf(tensor: Tensor): Float64Array {
  return Float64Array.from(tensor.dataSync());
}
