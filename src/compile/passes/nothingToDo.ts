import type { Rule } from './rewriter';

/** Conversions of a type to itself. */
export const idleCast: Rule = ({ name, attributes, inputs }) =>
  name === 'Cast' && attributes['SrcT'] === attributes['DstT']
    ? { kind: 'same', value: inputs[0]! }
    : undefined;

/** Products with one: TensorFlow.js begins every gradient with a tensor of ones. */
export const timesOne: Rule = ({ name, inputs, outputs }, program) => {
  if (name !== 'Mul') return undefined;
  const [a, b] = inputs as [number, number];
  if (program.isAll(b, 1) && program.hasShapeOf(a, outputs[0]!)) return { kind: 'same', value: a };
  if (program.isAll(a, 1) && program.hasShapeOf(b, outputs[0]!)) return { kind: 'same', value: b };
  return undefined;
};

/** A reshape of a reshape takes its input; one to the shape that a tensor has had before is that tensor. */
export const reshapeOfReshape: Rule = (operation, program) => {
  if (operation.name !== 'Reshape') return undefined;
  const [input, shape] = operation.inputs as [number, number];
  const root = program.producer(input, 'Reshape')?.inputs[0] ?? input;
  if (program.hasShapeOf(root, operation.outputs[0]!)) return { kind: 'same', value: root };
  if (root === input) return undefined;
  return { kind: 'operations', operations: [{ ...operation, inputs: [root, shape] }] };
};
