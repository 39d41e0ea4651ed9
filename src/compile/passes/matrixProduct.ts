import { DataType } from '../graph/tensorflow_pb';
import type { TensorOperation, ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

/**
 * Multiplications from which on TensorFlow takes less processor time for a transposed product as one of a
 * batch: it gives `MatMul` to an older routine of oneDNN, which has less to prepare.
 */
const LARGE = 2 ** 26;

/**
 * A product of a batch of one matrix is an ordinary product, which TensorFlow fuses with what follows. The
 * large products of gradients, which have a transposed matrix and nothing to be fused with, stay what they are.
 */
export const productOfOne: Rule = (operation, program) => {
  const { name, inputs, outputs } = operation;
  const [output] = outputs as [number];
  if (name !== 'BatchMatMulV2' || !program.isFloat(output)) return undefined;
  if (isTransposed(operation) && multiplications(operation, program) >= LARGE) return undefined;
  const shape = program.shape(output);
  if (shape.length === 2) return { kind: 'operations', operations: [product(operation, inputs, output)] };
  if (shape.length !== 3 || shape[0] !== 1) return undefined;
  const [a, b] = inputs.map((input) => matrixOf(input, program));
  if (a === undefined || b === undefined) return undefined;
  const matrix = program.result(shape.slice(1));
  return {
    kind: 'operations',
    operations: [
      product(operation, [a, b], matrix),
      {
        kind: 'tensor',
        name: 'Reshape',
        attributes: { ...FLOAT, Tshape: DataType.DT_INT32 },
        inputs: [matrix, program.integers(shape)],
        outputs,
      },
    ],
  };
};

function isTransposed({ attributes }: TensorOperation): boolean {
  return attributes['adj_x'] === true || attributes['adj_y'] === true;
}

/** Of one product; a batch of several stays what it is anyway. */
function multiplications({ inputs, outputs }: TensorOperation, program: Rewriter): number {
  const entries = program.shape(inputs[0]!).reduce((size, length) => size * length, 1);
  return entries * program.shape(outputs[0]!).at(-1)!;
}

function product(
  { attributes }: TensorOperation,
  inputs: readonly ValueIndex[],
  output: ValueIndex,
): TensorOperation {
  const { adj_x = false, adj_y = false } = attributes;
  return {
    kind: 'tensor',
    name: 'MatMul',
    attributes: { ...FLOAT, transpose_a: adj_x, transpose_b: adj_y },
    inputs,
    outputs: [output],
  };
}

/** The matrix that was reshaped to a batch of one. */
function matrixOf(value: ValueIndex, program: Rewriter): ValueIndex | undefined {
  const matrix = program.producer(value, 'Reshape')?.inputs[0];
  if (matrix === undefined) return undefined;
  const shape = program.shape(matrix);
  return shape.length === 2 && String([1, ...shape]) === String(program.shape(value)) ? matrix : undefined;
}
