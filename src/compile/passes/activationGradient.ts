import type { ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

/**
 * The gradient g·(1 − y²) of a hyperbolic tangent y and g·(y·(1 − y)) of a logistic function y: three ops of
 * TensorFlow.js's, one of TensorFlow's.
 */
export const activationGradient: Rule = ({ name, inputs, outputs }, program) => {
  if (name !== 'Mul' || !program.isFloat(outputs[0]!)) return undefined;
  for (const [slope, gradient] of [inputs, [...inputs].reverse()] as [number, number][]) {
    const tanh = tangentOfSlope(slope, program);
    const y = tanh ?? logisticOfSlope(slope, program);
    if (y === undefined || !program.hasShapeOf(y, gradient)) continue;
    const op = tanh === undefined ? 'SigmoidGrad' : 'TanhGrad';
    return {
      kind: 'operations',
      operations: [{ kind: 'tensor', name: op, attributes: FLOAT, inputs: [y, gradient], outputs }],
    };
  }
  return undefined;
};

/** y, where a value is 1 − y². */
function tangentOfSlope(value: ValueIndex, program: Rewriter): ValueIndex | undefined {
  const square = complement(value, program);
  return square === undefined ? undefined : program.producer(square, 'Square')?.inputs[0];
}

/** y, where a value is y·(1 − y). */
function logisticOfSlope(value: ValueIndex, program: Rewriter): ValueIndex | undefined {
  const [y, rest] = program.producer(value, 'Mul')?.inputs ?? [];
  return y !== undefined && complement(rest!, program) === y ? y : undefined;
}

/** x, where a value is 1 − x. */
function complement(value: ValueIndex, program: Rewriter): ValueIndex | undefined {
  const [one, x] = program.producer(value, 'Sub')?.inputs ?? [];
  return one !== undefined && program.isAll(one, 1) && program.hasShapeOf(x!, value) ? x : undefined;
}
