import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { Experiment } from '../experiment';
import type { LossGradients } from '../lossGradients';
import type { Objective } from '../objective';
import type { TrainableModel } from '../trainableModel';
import { splitLossOf } from './check';
import { HeadSolver } from './headSolver';
import { lastLayerOf, refusal, type LastLayer } from './lastLayer';

/** Why a step with a split last layer is no graph. */
export const SOLVED_APART = 'the last layer is solved in float64, outside of TensorFlow';

/** Lie splitting of a step between the last layer and the others, which an optimizer moves. */
export class SplitStep {
  /** The model as the optimizer sees it: without the last layer. Nothing may be left to move. */
  readonly body: TrainableModel;

  private constructor(
    private readonly tf: TensorFlow,
    private readonly model: TrainableModel,
    private readonly objective: Objective,
    private readonly head: LastLayer,
    private readonly solver: HeadSolver,
  ) {
    const trainable = model.trainable.filter(
      ({ variable }) => variable !== head.kernel && variable !== head.bias,
    );
    this.body = { ...model, trainable };
  }

  /**
   * @returns `undefined` where the experiment does not ask for it
   * @throws UserError `last-layer` where its model, loss or other settings do not allow it
   */
  static of(
    tf: TensorFlow,
    experiment: Experiment,
    model: TrainableModel,
    objective: Objective,
  ): SplitStep | undefined {
    const { lastLayer: settings } = experiment;
    if (settings === undefined) return undefined;
    const loss = splitLossOf(experiment);
    if (model.layers === undefined) {
      throw refusal(
        'the model is written by hand',
        'Make it a tf.sequential or tf.model, or leave lastLayer out.',
      );
    }
    const head = lastLayerOf(tf, model.layers);
    return new SplitStep(tf, model, objective, head, new HeadSolver(tf, head, loss, settings));
  }

  /**
   * Moves the last layer, then takes the gradients of the others where it is now. The batch goes through the
   * network once, so that both see the same dropout masks and the same statistics of the batch.
   *
   * @param factor of the last layer's learning rate, by the schedule
   * @returns as value `[2]`: the loss with the last layer as it is now, and as it was before; penalties in both
   */
  gradients(x: Tensor, y: readonly Tensor[], factor: number): LossGradients {
    const { tf, model, head, objective, solver } = this;
    let before: Scalar | undefined;
    const loss = (): Scalar => {
      const features = head.features(x);
      const lossNow = (): Scalar =>
        model
          .penalties()
          .reduce((sum, term) => tf.add(sum, term), objective.losses(y, head.answer(features)).total);
      // It would be disposed with all that the forward pass made.
      before = tf.keep(lossNow());
      solver.step(features, y[0]!, factor);
      return lossNow();
    };
    const variables = this.body.trainable.map(({ variable }) => variable);
    const { value, grads } =
      variables.length > 0 ? tf.variableGrads(loss, variables) : { value: tf.tidy(loss), grads: {} };
    const both = tf.stack([value, before!]);
    tf.dispose([value, before!]);
    return { value: both, grads };
  }
}
