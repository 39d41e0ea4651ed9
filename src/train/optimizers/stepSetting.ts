import { isBoundedByMu } from './nagGsCurvature';
import type { OptimizerSettings } from './settings';

/** The setting of an optimizer that says how far steps go. */
export interface StepSetting {
  /** As an experiment names it: `optimizer.learningRate`. */
  readonly field: string;
  /** What to do with it for shorter steps, and for longer ones. */
  readonly shorten: string;
  readonly lengthen: string;
}

/** The α of NAG-GS is no learning rate, and where it follows the curvature, it follows from κ or μ. */
export function stepSetting(optimizer: OptimizerSettings): StepSetting {
  if (optimizer.name !== 'nag-gs') return lower('optimizer.learningRate');
  if (optimizer.curvature !== 'auto') return lower('optimizer.alpha');
  if (!isBoundedByMu(optimizer)) return lower('optimizer.conditionNumber');
  const field = 'optimizer.mu';
  return { field, shorten: `Raise ${field}`, lengthen: `Lower ${field}` };
}

function lower(field: string): StepSetting {
  return { field, shorten: `Lower ${field}`, lengthen: `Raise ${field}` };
}
