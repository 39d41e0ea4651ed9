import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import type { CompileMode } from '../protocol/compileMode';
import type { ReadableStep, Reported } from './compile';
import { notCompiled, type SignatureInfo } from './compiler';
import { nodeBackend } from './node/backend';
import { runAsItIs } from './readings';

type EagerStep<Result, Readings> = (
  wantsReadings: boolean,
  ...inputs: [Tensor, ...Tensor[]]
) => Reported<Result, Readings | undefined>;

/**
 * A step that is known not to be a graph, because it computes in JavaScript: it runs as it is, and nothing is
 * recorded. Its `info` says why where another step would have been compiled.
 *
 * @param reason completes the sentence `eager, because …`
 */
export function eagerStep<Result, Readings>(
  tf: TensorFlow,
  step: EagerStep<Result, Readings>,
  reason: string,
  mode: CompileMode,
): ReadableStep<[Tensor, ...Tensor[]], Result, Readings> {
  const isExpected = mode === 'off' || nodeBackend(tf) === undefined;
  let steps = 0;
  const run = (isRead: boolean, inputs: [Tensor, ...Tensor[]]) => {
    steps++;
    return runAsItIs(tf, step, isRead, inputs);
  };
  const info = (): SignatureInfo => ({
    signature: 'any',
    state: 'eager',
    reason,
    operations: 0,
    nodes: 0,
    steps,
    audits: 0,
    eagerMs: 0,
    compiledMs: 0,
    compileMs: 0,
    guardMs: { recordings: 0, shadowCheck: 0, audits: 0 },
  });
  return Object.assign((...inputs: [Tensor, ...Tensor[]]) => run(false, inputs).value, {
    read: (...inputs: [Tensor, ...Tensor[]]) => run(true, inputs) as Reported<Result, Readings>,
    info: () => (isExpected ? [] : [info()]),
    print: () => {
      throw notCompiled(reason);
    },
    dispose: () => undefined,
  });
}
