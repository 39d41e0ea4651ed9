import { nodeBackend, type NodeBinding } from '../../../src/compile/node/backend';
import type { TensorFlow } from '../../../src/engine/engine';

/** Functions of the binding in which TensorFlow works, or is waited for. */
const WORK = ['executeOp', 'runSavedModel', 'tensorDataSync', 'createTensor'] as const;

/** How long TensorFlow has worked in this process, in milliseconds. */
export interface EngineClock {
  readonly busy: number;
}

/** Times every call of the binding that does work: they return when it is done. */
export function watchEngine(tf: TensorFlow): EngineClock {
  const backend = nodeBackend(tf)!;
  const { binding } = backend;
  const clock = { busy: 0 };
  const timed = WORK.map((name): [string, PropertyDescriptor] => {
    const original = binding[name].bind(binding) as (...args: unknown[]) => unknown;
    const value = (...args: unknown[]): unknown => {
      const start = performance.now();
      try {
        return original(...args);
      } finally {
        clock.busy += performance.now() - start;
      }
    };
    return [name, { value }];
  });
  backend.binding = Object.create(binding, Object.fromEntries(timed)) as NodeBinding;
  return clock;
}
