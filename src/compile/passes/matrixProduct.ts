import { DataType } from '../graph/tensorflow_pb';
import type { TensorOperation, ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

/** Multiplications from which on it matters how many threads compute a product, and by which routine. */
const LARGE = 2 ** 25;
/**
 * Bytes of all three matrices up to which TensorFlow computes a `MatMul` in one thread, however long that takes:
 * the size of a second-level cache, which differs from processor to processor. One of a batch is always divided.
 */
const ONE_THREAD = 2 ** 21;

/**
 * A product of a batch of one matrix is an ordinary product, which TensorFlow fuses with what follows. A large
 * product stays what it is where that takes longer: where it has one thread, and where a matrix is transposed,
 * as in gradients. Then TensorFlow gives `MatMul` to an older routine of oneDNN, and fuses nothing with it.
 */
export const productOfOne: Rule = (operation, program) => {
  const { name, inputs, outputs } = operation;
  const [output] = outputs as [number];
  if (name !== 'BatchMatMulV2' || !program.isFloat(output)) return undefined;
  const isSlower = isTransposed(operation) || bytes(operation, program) <= ONE_THREAD;
  if (isSlower && multiplications(operation, program) >= LARGE) return undefined;
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
  return program.size(inputs[0]!) * program.shape(outputs[0]!).at(-1)!;
}

/** Of the float32 that a product takes and gives. */
function bytes({ inputs, outputs }: TensorOperation, program: Rewriter): number {
  return [...inputs, ...outputs].reduce((sum, value) => sum + 4 * program.size(value), 0);
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
