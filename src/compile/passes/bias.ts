import { FLOAT, type Rule } from './rewriter';

const LAYERS = new Set(['Conv2D', 'MatMul', 'DepthwiseConv2dNative']);
const CHANNELS_LAST = { ...FLOAT, data_format: 'NHWC' } as const;

/** A vector added to the last dimension of a layer's product: TensorFlow fuses this op with the product. */
export const biasAddition: Rule = ({ name, inputs, outputs }, program) => {
  if ((name !== 'Add' && name !== 'AddV2') || !program.isFloat(outputs[0]!)) return undefined;
  const [x, bias] = inputs as [number, number];
  const fits =
    program.shape(bias).length === 1 &&
    program.shape(x).at(-1) === program.shape(bias)[0] &&
    program.hasShapeOf(x, outputs[0]!);
  if (!fits || !LAYERS.has(program.producer(x)?.name ?? '')) return undefined;
  const operation = { kind: 'tensor', name: 'BiasAdd', attributes: CHANNELS_LAST, inputs, outputs } as const;
  return { kind: 'operations', operations: [operation] };
};

/** A sum over all dimensions but the last, the gradient of a bias. */
export const biasGradient: Rule = ({ name, inputs, outputs }, program) => {
  if (name !== 'Sum' || !program.isFloat(outputs[0]!) || program.shape(outputs[0]!).length !== 1)
    return undefined;
  const [x, axes] = inputs as [number, number];
  const reduced = program.constant(axes);
  const rank = program.shape(x).length;
  if (rank < 2 || reduced?.length !== rank - 1) return undefined;
  if (!Array.from(reduced).every((axis, i) => axis === i)) return undefined;
  const operation = {
    kind: 'tensor',
    name: 'BiasAddGrad',
    attributes: CHANNELS_LAST,
    inputs: [x],
    outputs,
  } as const;
  return { kind: 'operations', operations: [operation] };
};
