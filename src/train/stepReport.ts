import type { SignatureInfo } from '../compile/compile';
import type { CompileMode } from '../protocol/compileMode';
import type { MessageEvent } from '../protocol/events';

/** Compiled steps after which their time is told. */
export const STEPS_TO_TIME = 20;

/**
 * Says in one line how the steps of a run are computed: `compiled (fused): 2.4 × faster than eager`, or
 * `eager, because …` with the line of the user's code.
 * @param locate finds the line of an error in the user's sources
 * @returns `undefined` where there is nothing to say: another engine, or compilation is off
 */
export function describeSteps(
  infos: readonly SignatureInfo[],
  mode: CompileMode,
  locate: (error: unknown) => string | undefined,
): MessageEvent | undefined {
  const [main] = infos.toSorted((a, b) => b.steps - a.steps);
  if (main === undefined || main.state === 'recording') return undefined;
  if (main.state === 'compiled') {
    const ratio = main.eagerMs / main.compiledMs;
    const speed = ratio >= 1.05 ? `${ratio.toPrecision(2)} × faster than eager` : 'as fast as eager';
    return { type: 'message', level: 'info', text: `compiled (${mode}): ${speed}` };
  }
  const line = main.where === undefined ? undefined : locate(main.where);
  const where = line === undefined ? '' : ` (${line})`;
  return { type: 'message', level: 'info', text: `eager, because ${main.reason}${where}` };
}
