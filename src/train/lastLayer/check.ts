import type { Experiment, LossName } from '../experiment';
import type { LocalLoss } from '../splitting/localLoss';
import { refusal } from './lastLayer';

/** A loss of an experiment as a multiple of one that has a local flow. */
export interface SplitLoss {
  readonly local: LocalLoss;
  /** @param outputs numbers that the model answers to an example */
  scale(outputs: number): number;
}

const SPLIT_LOSSES: Readonly<Record<LossName, SplitLoss>> = {
  softmaxCrossEntropy: { local: 'softmax', scale: () => 1 },
  // The mean over examples and outputs, where the local loss is half the sum over outputs.
  meanSquaredError: { local: 'squares', scale: (outputs) => 2 / outputs },
};

/**
 * The loss that the last layer is moved along.
 * @throws UserError `last-layer` where the experiment has something that does not go with it
 */
export function splitLossOf({ loss, accumulate, averageWeights, optimizer }: Experiment): SplitLoss {
  if (typeof loss !== 'string') {
    throw refusal(
      typeof loss === 'function' ? 'the loss is a function of your own' : 'the experiment has several tasks',
      `Choose ${Object.keys(SPLIT_LOSSES).join(' or ')}, or leave lastLayer out.`,
    );
  }
  if (accumulate !== undefined && accumulate > 1) {
    throw refusal('it needs the batch whole', 'Leave accumulate out, or lastLayer.');
  }
  if (averageWeights !== undefined) {
    throw refusal('it fits the present weights, not their mean', 'Leave averageWeights out, or lastLayer.');
  }
  if (optimizer.name === 'schedule-free-adamw') {
    throw refusal(
      'it fits the weights that schedule-free-adamw takes gradients at, not those it is tested with',
      'Choose another optimizer, or leave lastLayer out.',
    );
  }
  return SPLIT_LOSSES[loss];
}
