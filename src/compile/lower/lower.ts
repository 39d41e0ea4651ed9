import type { DataId, Variable } from '@tensorflow/tfjs';
import { Graph, type GraphTensor } from '../graph/graph';
import { DataType } from '../graph/tensorflow_pb';
import type {
  FusedOperation,
  Program,
  StepNumber,
  TensorOperation,
  UpdateOperation,
  ValueIndex,
} from '../program/program';
import type { FusedUpdate } from '../optimizers/fusedUpdate';
import type { Counter } from '../record/counter';
import { CannotCompile } from '../record/refusal';
import { completeAttributes } from './completeAttributes';
import { FusedFunctions } from './fusedFunctions';
import { Randomness } from './randomness';
import { State, type StateSlot } from './state';
import { StepNumbers } from './stepNumbers';
import { addUpdate } from './updates';

/** A tensor that is fed in every step. */
export type Feed =
  | { readonly kind: 'variable'; readonly name: string; readonly variable: Variable }
  | { readonly kind: 'input'; readonly name: string; readonly position: number }
  | { readonly kind: 'captured'; readonly name: string; readonly dataId: DataId };

/** A program as a graph, with the names of what goes in and comes out. */
export interface Lowered {
  readonly graph: Graph;
  readonly feeds: readonly Feed[];
  /** Numbers of the step, fed as one vector where there are any. */
  readonly numbers: readonly StepNumber[];
  readonly isRandom: boolean;
  /** Random constants of the program and the tensors that draw them anew. */
  readonly draws: readonly { readonly value: ValueIndex; readonly name: string }[];
  readonly slots: readonly StateSlot[];
  /** Tensors to fetch: what the step returns, after all updates, in the order of `Program.results`. */
  readonly fetches: readonly string[];
  /** A scalar to fetch where nothing else is: it comes after all updates. */
  readonly done: string;
  /** The optimizers' updates, each once. */
  readonly updates: readonly FusedUpdate[];
  /** What to advance after every step. */
  readonly counters: readonly Counter[];
}

/**
 * Writes a program as a TensorFlow graph.
 * @param changing constants that differed between two recordings; each must have been drawn at random
 * @throws CannotCompile where the program holds what a graph cannot
 */
export function lower(program: Program, changing: ReadonlySet<ValueIndex>): Lowered {
  return new Lowering(program, changing).run();
}

class Lowering {
  private readonly graph = new Graph();
  private readonly state = new State(this.graph);
  private readonly numbers = new StepNumbers(this.graph);
  private readonly randomness = new Randomness(this.graph);
  private readonly functions: FusedFunctions;
  private readonly tensors: (GraphTensor | undefined)[];
  private readonly feeds: Feed[] = [];
  private readonly draws: { value: ValueIndex; name: string }[] = [];
  /** Variables that the step changes; the others are fed. */
  private readonly written: ReadonlySet<Variable>;
  /** Nodes that must have run when the step is over. */
  private readonly writes: string[] = [];

  constructor(
    private readonly program: Program,
    private readonly changing: ReadonlySet<ValueIndex>,
  ) {
    this.functions = new FusedFunctions(this.graph, program.values);
    this.tensors = new Array<GraphTensor | undefined>(program.values.length);
    this.written = writtenVariables(program);
  }

  run(): Lowered {
    const { graph, program, state, numbers, randomness } = this;
    const lastUse = lastUses(program);
    for (const [i, operation] of program.operations.entries()) {
      if (operation.kind === 'tensor') this.addOperation(operation);
      else if (operation.kind === 'fused') this.addFused(operation);
      else {
        // What a variable held before the update is read before it, if anybody uses it later.
        for (const { before } of operation.moves) if ((lastUse.get(before) ?? 0) > i) this.tensor(before);
        this.addUpdate(operation);
      }
    }
    // What is assigned or returned is read before anything is overwritten.
    const assigned = program.assignments.map(({ variable, value }) => ({
      variable,
      tensor: this.tensor(value),
    }));
    const results = program.results.map((value) => this.tensor(value));
    for (const { variable, tensor } of assigned) this.writes.push(state.assign(variable, tensor));
    const fetches = results.map((tensor, i) => this.afterWrites(tensor, `result${i}`));
    const done = this.afterWrites(graph.scalar(0), 'done');
    numbers.finish();
    const updates = program.operations.flatMap((operation) =>
      operation.kind === 'update' ? [operation.update] : [],
    );
    return {
      graph,
      feeds: this.feeds,
      numbers: numbers.all,
      isRandom: randomness.isUsed,
      draws: this.draws,
      slots: state.finish(),
      fetches,
      done,
      updates,
      counters: [...updates.flatMap(({ counter }) => counter ?? []), ...(program.counters ?? [])],
    };
  }

  private afterWrites({ dtype, shape, ...tensor }: GraphTensor, name: string): string {
    const options = { name, after: this.writes };
    return this.graph.op('Identity', [{ ...tensor, dtype, shape }], { T: dtype }, { dtype, shape }, options)
      .name;
  }

  private addOperation({ name, attributes, inputs, outputs }: TensorOperation): void {
    const tensors = inputs.map((input) => this.tensor(input));
    const node = this.graph.node(name, tensors, completeAttributes(name, attributes, tensors));
    this.added(node, tensors, outputs);
  }

  private addFused(operation: FusedOperation): void {
    const tensors = operation.inputs.map((input) => this.tensor(input));
    const node = this.graph.call(this.functions.nameOf(operation), tensors);
    this.added(node, tensors, operation.outputs);
  }

  /** Remembers what a node takes and gives. */
  private added(node: string, inputs: readonly GraphTensor[], outputs: readonly ValueIndex[]): void {
    this.state.uses(node, inputs);
    outputs.forEach((output, i) => {
      const { shape, dtype } = this.program.values[output]!;
      this.tensors[output] = { name: i === 0 ? node : `${node}:${i}`, shape, dtype };
    });
  }

  private addUpdate({ update, scalars: scalarNumbers, moves }: UpdateOperation): void {
    const { graph, state, numbers } = this;
    const scalars = Object.fromEntries(
      Object.entries(scalarNumbers).map(([name, number]) => [name, numbers.add(number)]),
    );
    const gradients = moves.map(({ gradient }) => this.tensor(gradient));
    moves.forEach(({ variable, before, place }, i) => {
      const old = this.program.values[before]!;
      // A variable that was assigned in the step before it is moved.
      if (old.kind !== 'variable') this.writes.push(state.assign(variable, this.tensor(before)));
      const handle = state.handleOf(variable, DataType.DT_FLOAT);
      const slots = update.slots.map((slot, k) =>
        state.slotHandle(`slot ${k + 1} of ${update.rule}`, () => slot(place)),
      );
      const after = state.beforeWrite(variable, gradients[i]!);
      const node = addUpdate(graph, update.rule, handle, slots, scalars, gradients[i]!, after);
      state.wrote(variable, node);
      this.writes.push(node);
    });
  }

  /** The tensor of a value, which is made when it is first needed. */
  private tensor(index: ValueIndex): GraphTensor {
    return (this.tensors[index] ??= this.make(index));
  }

  private make(index: ValueIndex): GraphTensor {
    const { graph } = this;
    const value = this.program.values[index]!;
    const { shape, dtype } = value;
    switch (value.kind) {
      case 'input': {
        const { position } = value;
        const tensor = graph.placeholder(`input${position}`, shape, dtype);
        this.feeds.push({ kind: 'input', name: tensor.name, position });
        return tensor;
      }
      case 'captured': {
        const tensor = graph.placeholder(`captured${index}`, shape, dtype);
        this.feeds.push({ kind: 'captured', name: tensor.name, dataId: value.dataId });
        return tensor;
      }
      case 'variable': {
        const { variable } = value;
        if (this.written.has(variable)) return this.state.read(variable, dtype);
        const tensor = graph.placeholder(`frozen${index}`, shape, dtype);
        this.feeds.push({ kind: 'variable', name: tensor.name, variable });
        return tensor;
      }
      case 'stepScalar':
        return this.numbers.add(value.number);
      case 'constant': {
        if (!this.changing.has(index)) return graph.constant(value.data, shape, dtype);
        if (value.draw === undefined) {
          throw new CannotCompile(
            `JavaScript makes a tensor of shape [${shape.join(', ')}] with other values in every step`,
          );
        }
        const tensor = this.randomness.draw(value.draw, shape);
        this.draws.push({ value: index, name: tensor.name });
        return tensor;
      }
      case 'result':
        throw new Error('A program uses a result before it is computed.');
    }
  }
}

function writtenVariables({ operations, assignments }: Program): Set<Variable> {
  const moved = operations.flatMap((operation) => {
    if (operation.kind !== 'update') return [];
    return operation.moves.flatMap(({ variable, place }) => [
      variable,
      ...operation.update.slots.map((slot) => slot(place)),
    ]);
  });
  return new Set([...moved, ...assignments.map(({ variable }) => variable)]);
}

/** Place of the last operation that uses each value; past the end for what is returned or assigned. */
function lastUses({ operations, results, assignments }: Program): Map<ValueIndex, number> {
  const last = new Map<ValueIndex, number>();
  operations.forEach((operation, i) => {
    const used =
      operation.kind === 'update' ? operation.moves.map(({ gradient }) => gradient) : operation.inputs;
    for (const value of used) last.set(value, i);
  });
  for (const value of [...results, ...assignments.map((assignment) => assignment.value)]) {
    last.set(value, operations.length);
  }
  return last;
}
