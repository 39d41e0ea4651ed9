import definitions from './definitions.json';

/** Types of attributes that ops of a compiled step can have. */
export type AttributeType =
  'type' | 'int' | 'float' | 'bool' | 'string' | 'shape' | 'list(int)' | 'list(float)' | 'list(type)';

/** What TensorFlow declares of an op. Made by `scripts/generate/opDefinitions.mjs` from the library itself. */
export interface OpDefinition {
  /** A type for each argument: `dt_int32`, the name of a type attribute, `N * T`, or `list(T)`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By which a function's nodes know the outputs. */
  readonly outputNames: readonly string[];
  /** Type by name; a `?` at its end says that there is a default. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly stateful?: boolean;
}

const table: Readonly<Record<string, OpDefinition>> = definitions;

/** The definition of an op; `undefined` for one that a compiled step cannot hold. */
export function definitionOf(op: string): OpDefinition | undefined {
  return Object.hasOwn(table, op) ? table[op] : undefined;
}
