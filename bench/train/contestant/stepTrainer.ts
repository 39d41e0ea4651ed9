import { compile } from '../../../src/compile/compile';
import type { CompileMode } from '../../../src/protocol/compileMode';
import type { TensorFlow } from '../../../src/engine/engine';
import type { Network } from '../networks/network';
import type { Problem } from '../problem';
import type { Trainer } from './trainer';

/** Trains a network by its step. */
export function stepTrainer(
  tf: TensorFlow,
  network: Network,
  { weights, batches }: Problem,
  mode: CompileMode,
): Trainer {
  const step = compile(tf, network.build(tf, weights), { mode });
  let count = 0;
  const next = () => step(...batches[count++ % batches.length]!);
  return {
    first: () => {
      const loss = next();
      const [value] = loss.dataSync();
      loss.dispose();
      return Promise.resolve(value!);
    },
    train: (steps) => {
      for (let i = 1; i < steps; i++) next().dispose();
      // A GPU is still at work when the last call returns: a value waits for all of it.
      const last = next();
      last.dataSync();
      last.dispose();
      return Promise.resolve(steps);
    },
    info: () => step.info(),
  };
}
