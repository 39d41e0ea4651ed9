import type { TensorOperation, ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';
import { rectifierGradient } from './reluGradient';

/** Who may take rectified numbers that need not be made: pooling, its gradient, and a rectifier's own gradient. */
const TAKERS = new Set(['MaxPool', 'MaxPoolGrad', 'IsNan', 'Greater', 'Select']);

/**
 * The largest of rectified numbers is the largest of the numbers, rectified. Written so, the rectifier passes
 * over the few numbers that pooling leaves. For steps with a gradient, in which it makes a second such pass.
 */
export const rectifiedPooling: Rule = (operation, program) => {
  const { name, inputs, outputs } = operation;
  const [rectified] = inputs as [number];
  const x = name === 'MaxPool' ? program.producer(rectified, 'Relu')?.inputs[0] : undefined;
  if (x === undefined) return undefined;
  const takers = program.takers(rectified).map((taker) => nameOf(taker));
  if (!takers.includes('MaxPoolGrad') || !takers.every((taker) => TAKERS.has(taker))) return undefined;
  const largest = program.result(program.shape(outputs[0]!));
  const pooling: TensorOperation = { ...operation, inputs: [x], outputs: [largest] };
  const rectifier: TensorOperation = {
    kind: 'tensor',
    name: 'Relu',
    attributes: FLOAT,
    inputs: [largest],
    outputs,
  };
  return { kind: 'operations', operations: [pooling, rectifier] };
};

/**
 * The gradient through a rectifier and the pooling after it, which `rectifiedPooling` has exchanged: where
 * the largest number is positive it is the largest rectified one, and where it is not, none has a gradient.
 */
export const rectifiedPoolingGradient: Rule = (operation, program) => {
  const found = rectifierGradient(operation, program);
  const pooled = found && program.producer(found.gradient, 'MaxPoolGrad');
  if (pooled === undefined) return undefined;
  const [rectified, result, gradient] = pooled.inputs as [number, number, number];
  const x = program.producer(rectified, 'Relu')?.inputs[0];
  const pooling = exchanged(result, program);
  if (x === undefined || pooling?.inputs[0] !== x || (found!.x !== x && found!.x !== rectified)) {
    return undefined;
  }
  const [largest] = pooling.outputs as [number];
  const small = program.result(program.shape(largest));
  const rectifier: TensorOperation = {
    kind: 'tensor',
    name: 'ReluGrad',
    attributes: FLOAT,
    inputs: [gradient, result],
    outputs: [small],
  };
  const { outputs } = operation;
  return { kind: 'operations', operations: [rectifier, { ...pooled, inputs: [x, largest, small], outputs }] };
};

/** The pooling whose result was rectified. */
function exchanged(result: ValueIndex, program: Rewriter): TensorOperation | undefined {
  const largest = program.producer(result, 'Relu')?.inputs[0];
  return largest === undefined ? undefined : program.producer(largest, 'MaxPool');
}

function nameOf(taker: ReturnType<Rewriter['takers']>[number]): string {
  return taker !== 'end' && taker.kind === 'tensor' ? taker.name : '';
}
