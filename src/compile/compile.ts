import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import type { CompileMode } from '../protocol/compileMode';
import { Compiler, notCompiled, type SignatureInfo } from './compiler';
import { nodeBackend } from './node/backend';
import { runAsItIs, type Reported, type Step } from './readings';

export type { SignatureInfo } from './compiler';
export type { Reported } from './readings';

export interface CompileOptions {
  /** `fused` where absent. */
  readonly mode?: CompileMode;
  /**
   * Record the step on trial runs that are undone, so that every step that counts runs compiled, or eagerly with the
   * bits of a step that nobody records: a run depends on nothing but its state, its batches and `Math.random`. For
   * steps that are not asynchronous and change nothing but variables, and what optimizers count; else the first
   * steps themselves are recorded.
   */
  readonly rehearse?: boolean;
  /** A rehearsed step runs once more as it is to time it for `info`; `false` leaves that out. */
  readonly timeEager?: boolean;
}

export interface CompiledStep<Inputs extends readonly Tensor[], Result> {
  (...inputs: Inputs): Result;
  info(): readonly SignatureInfo[];
  /**
   * What the graph of a step on such inputs computes without readings, as text. The step runs, and is undone.
   * @throws UserError `not-compiled` where it would run eagerly
   */
  print(...inputs: Inputs): string;
  /** Gives the newest values back to the variables and frees the sessions. The step goes on eagerly. */
  dispose(): void;
}

export interface ReadableStep<Inputs extends readonly Tensor[], Result, Readings> extends CompiledStep<
  Inputs,
  Result
> {
  /** One step like any other, whose readings are computed too. */
  read(...inputs: Inputs): Reported<Result, Readings>;
}

/**
 * Makes a training step fast: it is run twice as it is while every op is recorded, written as one TensorFlow
 * graph, and run in a session from then on. The step may compute gradients, move variables with any
 * optimizer and return tensors. Variables stay visible: what is read or assigned between steps is what a
 * step by itself would have left and would see.
 *
 * A compiled step does not run its JavaScript. It is guarded: two recordings must agree, the graph must
 * repeat the second, and now and again a step runs eagerly and is compared. A step that cannot be compiled
 * runs as it is, and `info` says why. On other engines than tfjs-node every step runs as it is.
 * @throws whatever the step throws
 */
export function compile<Inputs extends readonly Tensor[], Result>(
  tf: TensorFlow,
  step: (...inputs: Inputs) => Result,
  options: CompileOptions = {},
): CompiledStep<Inputs, Result> {
  const withoutReadings = (_wanted: boolean, ...inputs: Inputs): Reported<Result, undefined> => ({
    value: step(...inputs),
    readings: undefined,
  });
  return compileReadable(tf, withoutReadings, options);
}

/**
 * As `compile`, for a step that can say more than its value: norms of its gradients, say. Both are parts of
 * one graph, of which TensorFlow runs what is asked for, so that a step that is not read costs what it would
 * without readings, and does the same to the last bit. The step is told whether readings are wanted: where it
 * runs as it is and they are not, it should return `undefined` for them, and whatever it returns is disposed.
 * Readings are not compared by the guard.
 */
export function compileReadable<Inputs extends readonly Tensor[], Result, Readings>(
  tf: TensorFlow,
  step: (wantsReadings: boolean, ...inputs: Inputs) => Reported<Result, Readings | undefined>,
  { mode = 'fused', rehearse = false, timeEager = true }: CompileOptions = {},
): ReadableStep<Inputs, Result, Readings> {
  const backend = mode === 'off' ? undefined : nodeBackend(tf);
  if (backend === undefined) {
    const reason = mode === 'off' ? 'that is what was asked for' : 'only the tensorflow engine has graphs';
    return Object.assign((...inputs: Inputs) => runAsItIs(tf, step, false, inputs).value, {
      read: (...inputs: Inputs) => runAsItIs(tf, step, true, inputs) as Reported<Result, Readings>,
      info: () => [],
      print: () => {
        throw notCompiled(reason);
      },
      dispose: () => undefined,
    });
  }
  const compiler = new Compiler(
    tf,
    backend,
    step as unknown as Step<Result, Readings>,
    mode === 'fused',
    rehearse,
    timeEager,
  );
  return Object.assign((...inputs: Inputs) => compiler.run(inputs, false).value, {
    read: (...inputs: Inputs) => compiler.run(inputs, true) as Reported<Result, Readings>,
    info: () => compiler.info(),
    print: (...inputs: Inputs) => compiler.print(inputs),
    dispose: () => compiler.dispose(),
  });
}
