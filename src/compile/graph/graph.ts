import { create, toBinary } from '@bufbuild/protobuf';
import type { TensorValues } from '../node/backend';
import { attribute, attributesOf, tensorAttribute, tensorProto } from './attributes';
import {
  DataType,
  NodeDefSchema,
  SavedModelSchema,
  type AttrValue,
  type FunctionDef,
  type NodeDef,
} from './tensorflow_pb';

/** A tensor in a graph: `node` or `node:output`. */
export interface GraphTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

interface NodeOptions {
  readonly name?: string;
  /** Names of nodes that must have run before. */
  readonly after?: Iterable<string>;
}

/** TensorFlow's version of the graph format that is written. */
const PRODUCER = 1882;
/** Constants up to this length are written once, however often they are used. */
const SHARED_LENGTH = 64;

/** A TensorFlow graph in the making. It checks nothing but names: TensorFlow does when it loads the graph. */
export class Graph {
  private readonly nodes: NodeDef[] = [];
  private readonly functions: FunctionDef[] = [];
  /** The nodes that give each node its inputs. */
  private readonly sources = new Map<string, readonly string[]>();
  private readonly constants = new Map<string, GraphTensor>();

  get size(): number {
    return this.nodes.length;
  }

  /**
   * Adds a node whose attributes are given by name, in the form that tfjs-node's binding takes.
   * @returns the node's name
   * @throws Error for an op or attribute that TensorFlow does not define
   */
  node(
    op: string,
    inputs: readonly GraphTensor[],
    attributes: Readonly<Record<string, unknown>> = {},
    options: NodeOptions = {},
  ): string {
    return this.add(op, inputs, attributesOf(op, attributes), options);
  }

  /** Adds a function that `call` knows by its name. */
  define(definition: FunctionDef): void {
    this.functions.push(definition);
  }

  /**
   * Adds a node that calls a function, compiled by XLA as a whole.
   * @returns the node's name; its outputs are the function's results
   */
  call(functionName: string, inputs: readonly GraphTensor[]): string {
    const attr = { _XlaMustCompile: attribute('bool', true), _noinline: attribute('bool', true) };
    return this.add(functionName, inputs, attr, {});
  }

  /** Adds a node with one output. */
  op(
    op: string,
    inputs: readonly GraphTensor[],
    attributes: Readonly<Record<string, unknown>>,
    result: { readonly shape: readonly number[]; readonly dtype?: DataType },
    options: NodeOptions = {},
  ): GraphTensor {
    const name = this.node(op, inputs, attributes, options);
    return { name, shape: result.shape, dtype: result.dtype ?? DataType.DT_FLOAT };
  }

  placeholder(name: string, shape: readonly number[], dtype: DataType): GraphTensor {
    return this.op('Placeholder', [], { dtype, shape }, { shape, dtype }, { name });
  }

  constant(values: TensorValues, shape: readonly number[], dtype: DataType): GraphTensor {
    const key = values.length <= SHARED_LENGTH ? `${dtype}|${shape.join()}|${bits(values)}` : undefined;
    const shared = key === undefined ? undefined : this.constants.get(key);
    if (shared !== undefined) return shared;
    const value = tensorAttribute(tensorProto(dtype, shape, values));
    const name = this.add('Const', [], { dtype: attribute('type', dtype), value }, {});
    const tensor = { name, shape, dtype };
    if (key !== undefined) this.constants.set(key, tensor);
    return tensor;
  }

  scalar(value: number): GraphTensor {
    return this.constant(Float32Array.of(value), [], DataType.DT_FLOAT);
  }

  /** A vector of int32, as ops take for axes and shapes. */
  integers(values: readonly number[]): GraphTensor {
    return this.constant(Int32Array.from(values), [values.length], DataType.DT_INT32);
  }

  /** The nodes so far that a tensor is computed from, its own among them. */
  ancestors(tensor: GraphTensor): ReadonlySet<string> {
    const found = new Set<string>();
    const ahead = [nodeOf(tensor)];
    for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      ahead.push(...(this.sources.get(name) ?? []));
    }
    return found;
  }

  /** The graph as a SavedModel of one graph with the tag `serve`. */
  toSavedModel(): Uint8Array {
    const model = create(SavedModelSchema, {
      savedModelSchemaVersion: 1n,
      metaGraphs: [
        {
          metaInfoDef: { tags: ['serve'], tensorflowVersion: '2.21.0' },
          graphDef: {
            node: this.nodes,
            library: { function: this.functions },
            versions: { producer: PRODUCER },
          },
        },
      ],
    });
    return toBinary(SavedModelSchema, model);
  }

  private add(
    op: string,
    inputs: readonly GraphTensor[],
    attr: Record<string, AttrValue>,
    { name = `${op}_${this.nodes.length}`, after = [] }: NodeOptions,
  ): string {
    const input = [...inputs.map((tensor) => tensor.name), ...[...new Set(after)].map((node) => `^${node}`)];
    this.nodes.push(create(NodeDefSchema, { name, op, input, attr }));
    this.sources.set(name, inputs.map(nodeOf));
    return name;
  }
}

/** The name of the node that a tensor comes from. */
export function nodeOf({ name }: GraphTensor): string {
  return name.replace(/:\d+$/, '');
}

/** A key that tells apart what compares equal: 0 and −0, one NaN and another. */
function bits(values: TensorValues): string {
  return Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).join();
}
