import type { TensorOperation, ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

const SPREADING = new Set(['Add', 'AddV2', 'Mul']);

/**
 * The gradient v of an average, used in a sum or product with a tensor of full shape. TensorFlow.js spreads
 * it first, by a product with ones, and then divides; what follows spreads it by itself, so that the
 * division is left of few numbers. The numbers stay what they are.
 */
export const averageGradient: Rule = (operation, program) => {
  const { name, inputs, outputs } = operation;
  if (!SPREADING.has(name) || !program.isFloat(outputs[0]!)) return undefined;
  for (const place of [0, 1] as const) {
    const average = averageOf(inputs[place]!, program);
    if (average === undefined || !program.hasShapeOf(inputs[1 - place]!, outputs[0]!)) continue;
    const share = program.result(program.shape(average.sum));
    const division: TensorOperation = {
      kind: 'tensor',
      name: 'RealDiv',
      attributes: FLOAT,
      inputs: [average.sum, average.count],
      outputs: [share],
    };
    const others = inputs.with(place, share);
    return { kind: 'operations', operations: [division, { ...operation, inputs: others }] };
  }
  return undefined;
};

/** v and n, where a value is `v·ones / n` and v has as many dimensions. */
function averageOf(
  value: ValueIndex,
  program: Rewriter,
): { readonly sum: ValueIndex; readonly count: ValueIndex } | undefined {
  const [spread, count] = program.producer(value, 'RealDiv')?.inputs ?? [];
  if (spread === undefined || program.shape(count!).length > 0) return undefined;
  const [sum, ones] = program.producer(spread, 'Mul')?.inputs ?? [];
  if (sum === undefined || !program.isAll(ones!, 1)) return undefined;
  return program.shape(sum).length === program.shape(value).length ? { sum, count: count! } : undefined;
}
