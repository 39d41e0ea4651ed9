import type { TensorFlow } from '../../engine/engine';
import { Trial } from '../record/trial';
import { Snapshot } from './snapshot';

/**
 * Runs steps and undoes what they did to variables and to the counters of optimizers. Variables that they made, slots
 * of optimizers for instance, stay with what they began with.
 * @param body is given what the variables held before
 */
export function undone<T>(tf: TensorFlow, body: (before: Snapshot) => T): T {
  const before = new Snapshot(tf);
  const trial = new Trial(tf);
  try {
    return trial.during(() => body(before));
  } finally {
    trial.undo();
    before.restore();
    before.dispose();
  }
}
