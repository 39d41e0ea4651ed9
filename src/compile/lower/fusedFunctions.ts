import { create } from '@bufbuild/protobuf';
import { attribute, attributesOf, tensorAttribute, tensorProto } from '../graph/attributes';
import type { Graph } from '../graph/graph';
import { FunctionDefSchema, type FunctionDef } from '../graph/tensorflow_pb';
import { definitionOf } from '../operations/definition';
import type { FusedOperation, Program, ValueIndex } from '../program/program';
import { signatureOf } from '../program/signature';
import { completeAttributes } from './completeAttributes';

/** Fused operations as functions of a graph: one for all that compute the same, so that XLA compiles it once. */
export class FusedFunctions {
  private readonly names = new Map<string, string>();

  constructor(
    private readonly graph: Graph,
    private readonly values: Program['values'],
  ) {}

  nameOf(operation: FusedOperation): string {
    const signature = signatureOf(operation, this.values);
    const known = this.names.get(signature);
    if (known !== undefined) return known;
    const name = `fused${this.names.size}`;
    this.names.set(signature, name);
    this.graph.define(this.definition(name, operation));
    return name;
  }

  private definition(name: string, { operations, inputs, outputs }: FusedOperation): FunctionDef {
    const tensors = new Map(inputs.map((input, i) => [input, `in${i}`]));
    const nodeDef: FunctionDef['nodeDef'][number][] = [];
    const add = (op: string, input: string[], attr: ReturnType<typeof attributesOf>): string => {
      const node = `${op.toLowerCase()}${nodeDef.length}`;
      nodeDef.push({ $typeName: 'tensorflow.NodeDef', name: node, op, input, attr });
      return `${node}:${definitionOf(op)!.outputNames[0]!}:0`;
    };
    const tensorOf = (index: ValueIndex): string => {
      const known = tensors.get(index);
      if (known !== undefined) return known;
      const value = this.values[index]!;
      if (value.kind !== 'constant') throw new Error('A fused operation uses what it does not have.');
      const { dtype, shape, data } = value;
      const content = tensorAttribute(tensorProto(dtype, shape, data));
      const constant = add('Const', [], { dtype: attribute('type', dtype), value: content });
      tensors.set(index, constant);
      return constant;
    };
    for (const { name: op, attributes, inputs: taken, outputs: given } of operations) {
      const complete = completeAttributes(
        op,
        attributes,
        taken.map((input) => this.values[input]!),
      );
      tensors.set(given[0]!, add(op, taken.map(tensorOf), attributesOf(op, complete)));
    }
    const argument = (index: ValueIndex, i: number, prefix: string) => ({
      name: `${prefix}${i}`,
      type: this.values[index]!.dtype,
    });
    return create(FunctionDefSchema, {
      signature: {
        name,
        inputArg: inputs.map((input, i) => argument(input, i, 'in')),
        outputArg: outputs.map((output, i) => argument(output, i, 'out')),
      },
      nodeDef,
      ret: Object.fromEntries(outputs.map((output, i) => [`out${i}`, tensorOf(output)])),
    });
  }
}
