import type { DataType } from '../graph/tensorflow_pb';
import { definitionOf, type OpDefinition } from '../operations/definition';
import { CannotCompile } from '../record/refusal';

interface Typed {
  readonly dtype: DataType;
}

/**
 * The attributes of a node. tfjs-node leaves some out that eager execution infers from the inputs: counts
 * of inputs, their types. A type that it states but the input does not have is the input's.
 * @throws CannotCompile for an op or attribute that is not known
 */
export function completeAttributes(
  op: string,
  given: Readonly<Record<string, unknown>>,
  inputs: readonly Typed[],
): Record<string, unknown> {
  const definition = definitionOf(op);
  if (definition === undefined) throw new CannotCompile(`the op ${op} cannot be compiled`);
  const inferred = inferFromInputs(definition, given, inputs);
  const complete: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(definition.attributes)) {
    const value = type.startsWith('type') ? (inferred[name] ?? given[name]) : (given[name] ?? inferred[name]);
    if (value !== undefined) complete[name] = value;
    else if (!type.endsWith('?')) throw new CannotCompile(`the attribute ${name} of ${op} is not known`);
  }
  return complete;
}

function inferFromInputs(
  { inputs: types }: OpDefinition,
  given: Readonly<Record<string, unknown>>,
  inputs: readonly Typed[],
): Record<string, unknown> {
  const inferred: Record<string, unknown> = {};
  // An op has at most one argument that is a list.
  const rest = inputs.length - (types.length - 1);
  let place = 0;
  for (const type of types) {
    const many = /^(\w+) \* (\w+)$/.exec(type);
    const list = /^list\((\w+)\)$/.exec(type);
    if (many !== null) {
      const count = (given[many[1]!] as number | undefined) ?? rest;
      inferred[many[1]!] = count;
      inferred[many[2]!] = inputs[place]?.dtype;
      place += count;
    } else if (list !== null) {
      inferred[list[1]!] = inputs.slice(place, place + rest).map(({ dtype }) => dtype);
      place += rest;
    } else {
      if (!type.startsWith('dt_')) inferred[type] = inputs[place]?.dtype;
      place++;
    }
  }
  return inferred;
}
