import { create } from '@bufbuild/protobuf';
import { definitionOf, type AttributeType } from '../operations/definition';
import {
  AttrValueSchema,
  AttrValue_ListValueSchema,
  TensorProtoSchema,
  TensorShapeProtoSchema,
  type AttrValue,
  type DataType,
  type TensorProto,
  type TensorShapeProto,
} from './tensorflow_pb';

export function shapeProto(shape: readonly number[]): TensorShapeProto {
  return create(TensorShapeProtoSchema, { dim: shape.map((size) => ({ size: BigInt(size) })) });
}

export function tensorAttribute(tensor: TensorProto): AttrValue {
  return create(AttrValueSchema, { value: { case: 'tensor', value: tensor } });
}

/**
 * The attributes of a node, given by name in the form that tfjs-node's binding takes.
 * @throws Error for an op or attribute that TensorFlow does not define
 */
export function attributesOf(
  op: string,
  attributes: Readonly<Record<string, unknown>>,
): Record<string, AttrValue> {
  const definition = definitionOf(op);
  if (definition === undefined) throw new Error(`${op} has no definition.`);
  const converted: Record<string, AttrValue> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const type = definition.attributes[name]?.replace('?', '');
    if (type === undefined) throw new Error(`${op} has no attribute ${name}.`);
    converted[name] = attribute(type as AttributeType, value);
  }
  return converted;
}

/**
 * An attribute of a node. A value is what tfjs-node hands to its binding: a number for a type, numbers for
 * a list of integers, a string.
 */
export function attribute(type: AttributeType, value: unknown): AttrValue {
  switch (type) {
    case 'type':
      return create(AttrValueSchema, { value: { case: 'type', value: value as DataType } });
    case 'int':
      return create(AttrValueSchema, { value: { case: 'i', value: integer(value) } });
    case 'float':
      return create(AttrValueSchema, { value: { case: 'f', value: value as number } });
    case 'bool':
      return create(AttrValueSchema, { value: { case: 'b', value: value as boolean } });
    case 'string':
      return create(AttrValueSchema, {
        value: { case: 's', value: new TextEncoder().encode(String(value)) },
      });
    case 'shape':
      return create(AttrValueSchema, { value: { case: 'shape', value: shapeProto(value as number[]) } });
    case 'list(int)':
      return listAttribute({ i: (value as number[]).map(integer) });
    case 'list(float)':
      return listAttribute({ f: value as number[] });
    case 'list(type)':
      return listAttribute({ type: value as DataType[] });
  }
}

function listAttribute(list: { i?: bigint[]; f?: number[]; type?: DataType[] }): AttrValue {
  const value = create(AttrValue_ListValueSchema, list);
  return create(AttrValueSchema, { value: { case: 'list', value } });
}

/** tfjs-node passes some integers as floats with a fraction of zero. */
function integer(value: unknown): bigint {
  return BigInt(Math.trunc(value as number));
}

/** A constant's content. One number repeated is stored once, which TensorFlow folds further. */
export function tensorProto(
  dtype: DataType,
  shape: readonly number[],
  values: Float32Array | Int32Array | Uint8Array,
): TensorProto {
  const base = { dtype, tensorShape: shapeProto(shape) };
  const [first] = values;
  if (first !== undefined && values.length > 4 && isSplat(values)) {
    if (values instanceof Float32Array) return create(TensorProtoSchema, { ...base, floatVal: [first] });
    if (values instanceof Int32Array) return create(TensorProtoSchema, { ...base, intVal: [first] });
    return create(TensorProtoSchema, { ...base, boolVal: [first !== 0] });
  }
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return create(TensorProtoSchema, { ...base, tensorContent: content });
}

/** Whether all bits are those of the first value; −0 is not 0. */
function isSplat(values: Float32Array | Int32Array | Uint8Array): boolean {
  return values.every((value) => Object.is(value, values[0]));
}
