import { DataType } from '../graph/tensorflow_pb';
import type { Operation, Program, TensorOperation, Value, ValueIndex } from '../program/program';

/** What a rule makes of an operation: the value that its result equals, or other operations with its result. */
export type Replacement =
  | { readonly kind: 'same'; readonly value: ValueIndex }
  | {
      readonly kind: 'operations';
      readonly operations: readonly TensorOperation[];
      /** Earlier values and what whatever follows shall use in their place. */
      readonly instead?: ReadonlyMap<ValueIndex, ValueIndex>;
    };

/** Recognizes an operation that can be written better; `undefined` leaves it. */
export type Rule = (operation: TensorOperation, rewriter: Rewriter) => Replacement | undefined;

/** Attributes of an op on float32. */
export const FLOAT = { T: DataType.DT_FLOAT } as const;

/** A program while rules go through it, operation by operation, and what they may ask of it. */
export class Rewriter {
  private readonly values: Value[];
  private readonly operations: Operation[] = [];
  private readonly aliases = new Map<ValueIndex, ValueIndex>();
  private readonly producers = new Map<ValueIndex, TensorOperation>();
  private readonly repeated = new Map<ValueIndex, number | undefined>();

  constructor(private readonly program: Program) {
    this.values = [...program.values];
  }

  apply(rules: readonly Rule[]): Program {
    const { assignments, results } = this.program;
    for (const operation of this.program.operations) {
      if (operation.kind === 'tensor') this.rewrite(this.resolved(operation), rules);
      else if (operation.kind === 'fused') throw new Error('Rules come before fusion.');
      else {
        const moves = operation.moves.map((move) => ({
          ...move,
          gradient: this.resolve(move.gradient),
          before: this.resolve(move.before),
        }));
        this.operations.push({ ...operation, moves });
      }
    }
    return {
      ...this.program,
      values: this.values,
      operations: this.operations,
      assignments: assignments.map(({ variable, value }) => ({ variable, value: this.resolve(value) })),
      results: results.map((value) => this.resolve(value)),
    };
  }

  value(index: ValueIndex): Value {
    return this.values[index]!;
  }

  shape(index: ValueIndex): readonly number[] {
    return this.values[index]!.shape;
  }

  /** Number of entries. */
  size(index: ValueIndex): number {
    return this.shape(index).reduce((product, length) => product * length, 1);
  }

  isFloat(index: ValueIndex): boolean {
    return this.values[index]!.dtype === DataType.DT_FLOAT;
  }

  hasShapeOf(a: ValueIndex, b: ValueIndex): boolean {
    return String(this.shape(a)) === String(this.shape(b));
  }

  /** The operation that computes a value, if it has this name. */
  producer(index: ValueIndex, name?: string): TensorOperation | undefined {
    const operation = this.producers.get(index);
    return name === undefined || operation?.name === name ? operation : undefined;
  }

  /** Numbers of a constant that is the same in every step. */
  constant(index: ValueIndex): ArrayLike<number> | undefined {
    const value = this.values[index]!;
    return value.kind === 'constant' && value.draw === undefined ? value.data : undefined;
  }

  /** Whether a value is this number throughout: a constant, or one that is filled in. */
  isAll(index: ValueIndex, number: number): boolean {
    if (this.value(index).kind === 'constant') return this.repeatedNumber(index) === number;
    const fill = this.producer(index, 'Fill');
    return fill !== undefined && this.isAll(fill.inputs[1]!, number);
  }

  /** The latest operation so far of this name that a test accepts. */
  latest(name: string, test: (operation: TensorOperation) => boolean): TensorOperation | undefined {
    return this.operations.findLast(
      (operation): operation is TensorOperation =>
        operation.kind === 'tensor' && operation.name === name && test(operation),
    );
  }

  floats(shape: readonly number[], numbers: readonly number[]): ValueIndex {
    return this.add({ kind: 'constant', dtype: DataType.DT_FLOAT, shape, data: Float32Array.from(numbers) });
  }

  integers(numbers: readonly number[]): ValueIndex {
    return this.add({
      kind: 'constant',
      dtype: DataType.DT_INT32,
      shape: [numbers.length],
      data: Int32Array.from(numbers),
    });
  }

  /** A value for the result of a new operation. */
  result(shape: readonly number[], dtype = DataType.DT_FLOAT): ValueIndex {
    return this.add({ kind: 'result', dtype, shape });
  }

  /** The one number of a constant; large constants are asked for often, so each is looked through once. */
  private repeatedNumber(index: ValueIndex): number | undefined {
    if (this.repeated.has(index)) return this.repeated.get(index);
    const data = this.constant(index);
    const first = data?.[0];
    let length = 0;
    if (data !== undefined) while (length < data.length && data[length] === first) length++;
    const number = length === data?.length ? first : undefined;
    this.repeated.set(index, number);
    return number;
  }

  private rewrite(operation: TensorOperation, rules: readonly Rule[]): void {
    for (const rule of rules) {
      const replacement = rule(operation, this);
      if (replacement === undefined) continue;
      if (replacement.kind === 'same') this.aliases.set(operation.outputs[0]!, replacement.value);
      else {
        replacement.operations.forEach((other) => this.put(other));
        replacement.instead?.forEach((value, earlier) => this.aliases.set(earlier, value));
      }
      return;
    }
    this.put(operation);
  }

  private put(operation: TensorOperation): void {
    this.operations.push(operation);
    for (const output of operation.outputs) this.producers.set(output, operation);
  }

  private resolved(operation: TensorOperation): TensorOperation {
    return { ...operation, inputs: operation.inputs.map((input) => this.resolve(input)) };
  }

  /** What stands for a value of an operation that was written before. */
  resolve(index: ValueIndex): ValueIndex {
    let value = index;
    for (let next = this.aliases.get(value); next !== undefined; next = this.aliases.get(value)) value = next;
    return value;
  }

  private add(value: Value): ValueIndex {
    return this.values.push(value) - 1;
  }
}
