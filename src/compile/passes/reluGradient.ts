import type { TensorOperation, ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

/**
 * The gradient of a rectifier. TensorFlow.js multiplies with a step function, which tfjs-node builds from
 * seven ops; TensorFlow has one for the product. It takes rectified numbers as well, whose signs say the same:
 * then nothing but the rectifier takes the others, and TensorFlow makes it a part of the op before it.
 */
export const reluGradient: Rule = (operation, program) => {
  const found = rectifierGradient(operation, program);
  if (found === undefined) return undefined;
  const { gradient, x } = found;
  const rectifier = program.latest('Relu', ({ inputs }) => inputs[0] === x);
  const inputs = [gradient, rectifier?.outputs[0] ?? x];
  return { kind: 'operations', operations: [{ ...operation, name: 'ReluGrad', attributes: FLOAT, inputs }] };
};

/** A gradient and the argument of the rectifier that it passes, or the rectified numbers, where an op computes that. */
export function rectifierGradient(
  { name, inputs, outputs }: TensorOperation,
  program: Rewriter,
): { readonly gradient: ValueIndex; readonly x: ValueIndex } | undefined {
  if (name !== 'Mul' || !program.isFloat(outputs[0]!)) return undefined;
  for (const [gradient, step] of [inputs, [...inputs].reverse()] as [number, number][]) {
    const x = argumentOfStep(step, program);
    if (x !== undefined && program.hasShapeOf(x, gradient)) return { gradient, x };
  }
  return undefined;
}

/** x, where a value is `isNaN(x) ? x : x > 0 ? 1 : 0`. */
function argumentOfStep(value: ValueIndex, program: Rewriter): ValueIndex | undefined {
  const cast = program.producer(value, 'Cast');
  const outer = program.producer(cast?.inputs[0] ?? value, 'Select');
  if (outer === undefined) return undefined;
  const [isNaN, x, inner] = outer.inputs as [number, number, number];
  if (program.producer(isNaN, 'IsNan')?.inputs[0] !== x) return undefined;
  const choice = program.producer(inner, 'Select');
  if (choice === undefined) return undefined;
  const [isPositive, one, zero] = choice.inputs as [number, number, number];
  const greater = program.producer(isPositive, 'Greater');
  const isStep =
    greater?.inputs[0] === x &&
    program.isAll(greater.inputs[1]!, 0) &&
    program.isAll(one, 1) &&
    program.isAll(zero, 0);
  return isStep ? x : undefined;
}
