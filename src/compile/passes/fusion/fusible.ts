import { DataType } from '../../graph/tensorflow_pb';
import type { Program, TensorOperation, ValueIndex } from '../../program/program';

/**
 * Ops that compute each entry of their result by itself, and so can share a loop with what computes their
 * inputs. Rectifiers are not among them: TensorFlow fuses those with the layer before, and XLA's gradient of
 * one does not pass NaN.
 */
const ENTRY_BY_ENTRY = new Set([
  ...['Add', 'AddV2', 'AddN', 'Sub', 'Mul', 'RealDiv', 'Div', 'Neg', 'Reciprocal', 'SquaredDifference'],
  ...['Square', 'Sqrt', 'Rsqrt', 'Pow', 'Exp', 'Expm1', 'Log', 'Log1p', 'Abs', 'Maximum', 'Minimum'],
  ...['Tanh', 'TanhGrad', 'Sigmoid', 'SigmoidGrad', 'Softplus'],
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr', 'LogicalNot', 'IsNan'],
  ...['Select', 'SelectV2', 'Cast', 'Fill', 'Reshape'],
]);

/** Ops that can share a loop where they go along rows. */
const ROW_BY_ROW = new Set(['Sum', 'Mean']);

/** Inputs by place that XLA must know when it compiles. */
const KNOWN_INPUTS: Readonly<Record<string, number>> = { Fill: 0, Reshape: 1, Sum: 1, Mean: 1 };

/** Numbers that a constant may have to be written into a fused loop. */
const MOST_NUMBERS = 64;

/** What of a program can be fused. */
export class Fusible {
  constructor(private readonly program: Program) {}

  has(operation: TensorOperation): boolean {
    const { name, inputs, outputs } = operation;
    const known = KNOWN_INPUTS[name];
    return (
      (this.isEntryByEntry(operation) || this.isRowByRow(operation)) &&
      this.isComputable(outputs[0]!) &&
      inputs.every((input, i) => (i === known ? this.isInlined(input) : this.isComputable(input)))
    );
  }

  isEntryByEntry({ name }: TensorOperation): boolean {
    return ENTRY_BY_ENTRY.has(name);
  }

  /** Whether a value is a constant that is written into the loop. */
  isInlined(index: ValueIndex): boolean {
    const value = this.program.values[index]!;
    return value.kind === 'constant' && value.draw === undefined && value.data.length <= MOST_NUMBERS;
  }

  /** Number of entries. */
  size(index: ValueIndex): number {
    return this.program.values[index]!.shape.reduce((product, length) => product * length, 1);
  }

  private isComputable(index: ValueIndex): boolean {
    const { dtype } = this.program.values[index]!;
    return dtype === DataType.DT_FLOAT || dtype === DataType.DT_BOOL;
  }

  private isRowByRow({ name, inputs }: TensorOperation): boolean {
    if (!ROW_BY_ROW.has(name)) return false;
    const [x, axes] = inputs as [number, number];
    const reduced = this.program.values[axes]!;
    const last = this.program.values[x]!.shape.length - 1;
    return reduced.kind === 'constant' && reduced.data.length === 1 && [last, -1].includes(reduced.data[0]!);
  }
}
