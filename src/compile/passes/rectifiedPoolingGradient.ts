import type { TensorOperation } from '../program/program';
import { FLOAT, type Rule } from './rewriter';
import { rectifierGradient } from './reluGradient';

/**
 * The gradient through a rectifier and the pooling after it. The largest of rectified numbers is zero where none
 * was positive, so the rectifier's gradient can be taken of what the pooling left, which is less by far, before
 * that is spread over the windows.
 */
export const rectifiedPoolingGradient: Rule = (operation, program) => {
  const found = rectifierGradient(operation, program);
  const spread = found && program.producer(found.gradient, 'MaxPoolGrad');
  if (spread === undefined) return undefined;
  const [rectified, pooled, gradient] = spread.inputs as [number, number, number];
  const rectifier = program.producer(rectified, 'Relu');
  if (rectifier === undefined || ![rectified, rectifier.inputs[0]].includes(found!.x)) return undefined;
  const left = program.result(program.shape(pooled));
  const small: TensorOperation = {
    kind: 'tensor',
    name: 'ReluGrad',
    attributes: FLOAT,
    inputs: [gradient, pooled],
    outputs: [left],
  };
  const { outputs } = operation;
  return {
    kind: 'operations',
    operations: [small, { ...spread, inputs: [rectified, pooled, left], outputs }],
  };
};
