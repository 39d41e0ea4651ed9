import type { Variable } from '@tensorflow/tfjs';
import { nodeOf, type Graph, type GraphTensor } from '../graph/graph';
import { DataType } from '../graph/tensorflow_pb';

/** A variable of TensorFlow.js that lives in the session while steps are compiled. */
export interface StateSlot {
  /** Its present variable: an optimizer may have replaced it. */
  readonly variable: () => Variable;
  /** What it is one of: `weights`, `statistics`, or a slot of an optimizer. */
  readonly group: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** The placeholder that sets it and the tensor that reads it. */
  readonly initial: string;
  readonly reading: string;
}

/** What must have happened before a variable is written next: its readings, and what uses those. */
interface Resource {
  readonly handle: GraphTensor;
  readonly readings: Set<string>;
  readonly users: Set<string>;
  /** The node that wrote it last. */
  writer: string | undefined;
}

/**
 * The variables of a graph. A graph has no order of its own, so that reads and writes of one variable are
 * chained by control inputs as they followed one another in the step. A write also waits for whatever uses
 * an earlier reading: TensorFlow would have to copy the variable else. Where what is written is computed from
 * that use, it waits anyway; a control input more would keep TensorFlow from fusing the use with what follows.
 */
export class State {
  private readonly resources = new Map<Variable, Resource>();
  /** The variable that a tensor was read from, by the tensor's name. */
  private readonly readFrom = new Map<string, Resource>();
  private readonly declared: (Pick<StateSlot, 'variable' | 'group' | 'dtype'> & {
    readonly resource: Resource;
  })[] = [];

  constructor(private readonly graph: Graph) {}

  /** The resource handle of a variable, declared when it is first met. */
  handleOf(variable: Variable, dtype: DataType): GraphTensor {
    return this.resource(variable, dtype).handle;
  }

  /** As `handleOf`, for what an optimizer remembers, which it may replace by another variable. */
  slotHandle(group: string, current: () => Variable): GraphTensor {
    return this.resource(current(), DataType.DT_FLOAT, group, current).handle;
  }

  read(variable: Variable, dtype: DataType): GraphTensor {
    const resource = this.resource(variable, dtype);
    const after = resource.writer === undefined ? [] : [resource.writer];
    const { shape } = resource.handle;
    const tensor = this.graph.op('ReadVariableOp', [resource.handle], { dtype }, { shape, dtype }, { after });
    resource.readings.add(tensor.name);
    this.readFrom.set(tensor.name, resource);
    return tensor;
  }

  /** Says that a node has these inputs: it must run before what they were read from is written. */
  uses(node: string, inputs: readonly GraphTensor[]): void {
    for (const { name } of inputs) this.readFrom.get(name)?.users.add(node);
  }

  /** What a node that takes a value and writes the variable must wait for beside it. */
  beforeWrite(variable: Variable, value: GraphTensor): string[] {
    const resource = this.resources.get(variable);
    if (resource === undefined) return [];
    const { readings, users, writer } = resource;
    const ancestors = this.graph.ancestors(value);
    const others = [...users].filter((user) => !ancestors.has(user));
    return [...readings, ...others, ...(writer === undefined ? [] : [writer])];
  }

  wrote(variable: Variable, node: string): void {
    const resource = this.resources.get(variable)!;
    resource.writer = node;
    resource.readings.clear();
    resource.users.clear();
  }

  assign(variable: Variable, value: GraphTensor): string {
    const handle = this.handleOf(variable, value.dtype);
    const node = this.graph.node(
      'AssignVariableOp',
      [handle, value],
      { dtype: value.dtype, validate_shape: false },
      { after: this.beforeWrite(variable, value) },
    );
    this.wrote(variable, node);
    return node;
  }

  /** Adds what sets all variables (fetch `initialized`) and what reads each, after everything else. */
  finish(): StateSlot[] {
    const { graph } = this;
    const slots = this.declared.map(({ variable, group, dtype, resource: { handle } }, i) => {
      const { shape } = handle;
      const initial = graph.placeholder(`initial${i}`, shape, dtype);
      const assigned = graph.node('AssignVariableOp', [handle, initial], { dtype, validate_shape: false });
      const value = graph.op('ReadVariableOp', [handle], { dtype }, { shape, dtype });
      const reading = graph.op('Identity', [value], { T: dtype }, { shape, dtype }, { name: `reading${i}` });
      return { variable, group, shape, dtype, initial: initial.name, reading: nodeOf(reading), assigned };
    });
    const after = slots.map(({ assigned }) => assigned);
    graph.op(
      'Identity',
      [graph.scalar(0)],
      { T: DataType.DT_FLOAT },
      { shape: [] },
      { name: 'initialized', after },
    );
    return slots;
  }

  private resource(
    variable: Variable,
    dtype: DataType,
    group = variable.trainable ? 'weights' : 'statistics',
    current = (): Variable => variable,
  ): Resource {
    const known = this.resources.get(variable);
    if (known !== undefined) return known;
    const { shape } = variable;
    const name = `variable${this.declared.length}`;
    const handle = this.graph.op(
      'VarHandleOp',
      [],
      { dtype, shape, shared_name: name, container: '' },
      { shape, dtype: DataType.DT_RESOURCE },
      { name },
    );
    const resource = { handle, readings: new Set<string>(), users: new Set<string>(), writer: undefined };
    this.resources.set(variable, resource);
    this.declared.push({ variable: current, group, dtype, resource });
    return resource;
  }
}
