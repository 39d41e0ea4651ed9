import { UserError } from '../protocol/userError';
import { NAG_GS_ALPHA } from './optimizers/nagGs';
import type { OptimizerSettings } from './optimizers/settings';

/** A loss can overflow once and come back; after so many steps in a row it does not. */
const PATIENCE = 20;

/**
 * Watches for losses that are not finite. The first one of a row deserves a warning; after 20 in a row
 * the run ends as failed, with the error `diverged`, and the last checkpoint that was good stays.
 */
export class DivergenceWatch {
  private since: number | undefined;

  constructor(private readonly optimizer: OptimizerSettings) {}

  /** True while the latest loss was not finite. */
  get isDiverging(): boolean {
    return this.since !== undefined;
  }

  /**
   * Takes the loss of the next step; returns a warning at the first that is not finite.
   * @throws UserError `diverged`
   */
  observe(step: number, loss: number): string | undefined {
    if (Number.isFinite(loss)) {
      this.since = undefined;
      return undefined;
    }
    if (this.since === undefined) {
      this.since = step;
      return `The training loss is ${loss} at step ${step}.`;
    }
    if (step - this.since + 1 < PATIENCE) return undefined;
    throw new UserError(
      'diverged',
      `The training loss has not been finite since step ${this.since}.`,
      `Lower ${stepSize(this.optimizer)}, or look for a division by zero or a logarithm of zero in the ` +
        'model and the loss.',
    );
  }
}

/** The setting that says how far a step goes, with its value. */
function stepSize(optimizer: OptimizerSettings): string {
  if (optimizer.name === 'nag-gs' && optimizer.curvature === 'auto') return 'optimizer.measureEvery';
  return optimizer.name === 'nag-gs'
    ? `optimizer.alpha (${optimizer.alpha ?? NAG_GS_ALPHA} now)`
    : `optimizer.learningRate (${optimizer.learningRate} now)`;
}
