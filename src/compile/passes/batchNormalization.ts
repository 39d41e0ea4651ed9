import { DataType } from '../graph/tensorflow_pb';
import type { TensorOperation, ValueIndex } from '../program/program';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

/**
 * Batch normalization of images by the statistics of the batch itself. TensorFlow.js computes mean and
 * variance with ops of their own and has the op only apply them; it can do both in one pass.
 */
export const batchNormalization: Rule = ({ name, attributes, inputs, outputs }, program) => {
  if (name !== 'FusedBatchNorm' || attributes['is_training'] !== false) return undefined;
  const [x, scale, offset, mean, variance] = inputs as [number, number, number, number, number];
  if (!program.isFloat(x) || program.shape(x).length !== 4) return undefined;
  if (!isMeanOfBatch(mean, x, program) || !isVarianceOfBatch(variance, x, mean, program)) return undefined;
  const channels = program.shape(mean);
  const samples = samplesOf(x, program);
  const nothing = program.floats([0], []);
  const [newMean, sampleVariance, newVariance] = [1, 2, 3].map(() => program.result(channels));
  const normalized: TensorOperation = {
    kind: 'tensor',
    name: 'FusedBatchNormV3',
    attributes: {
      ...FLOAT,
      U: DataType.DT_FLOAT,
      epsilon: attributes['epsilon'],
      data_format: 'NHWC',
      is_training: true,
    },
    inputs: [x, scale, offset, nothing, nothing],
    outputs: [
      outputs[0]!,
      newMean!,
      sampleVariance!,
      ...[1, 2].map(() => program.result(channels)),
      program.result([]),
    ],
  };
  // The op gives the estimate of the population's variance, and keeps the batch's in a form that depends on
  // the device.
  const ofBatch: TensorOperation = {
    kind: 'tensor',
    name: 'Mul',
    attributes: FLOAT,
    inputs: [sampleVariance!, program.floats([], [(samples - 1) / samples])],
    outputs: [newVariance!],
  };
  return {
    kind: 'operations',
    operations: [normalized, ofBatch],
    instead: new Map([
      [mean, newMean!],
      [variance, newVariance!],
    ]),
  };
};

/** Numbers of a channel. */
export function samplesOf(x: ValueIndex, program: Rewriter): number {
  const [batch, height, width] = program.shape(x) as [number, number, number];
  return batch * height * width;
}

function isMeanOfBatch(value: ValueIndex, x: ValueIndex, program: Rewriter): boolean {
  const mean = program.producer(value, 'Mean');
  return (
    mean?.inputs[0] === x &&
    program.shape(value).length === 1 &&
    isOverAllButChannels(mean, program) &&
    samplesOf(x, program) > 1
  );
}

/** The mean of squares of `x` less its mean, which has been given its four dimensions again. */
function isVarianceOfBatch(value: ValueIndex, x: ValueIndex, mean: ValueIndex, program: Rewriter): boolean {
  const average = program.producer(value, 'Mean');
  if (average === undefined || program.shape(value).length !== 1) return false;
  const square = program.producer(average.inputs[0]!, 'Square');
  const centred = square && program.producer(square.inputs[0]!, 'Sub');
  const reshaped = centred && program.producer(centred.inputs[1]!, 'Reshape');
  return centred?.inputs[0] === x && reshaped?.inputs[0] === mean && isOverAllButChannels(average, program);
}

function isOverAllButChannels({ inputs }: TensorOperation, program: Rewriter): boolean {
  return Array.from(program.constant(inputs[1]!) ?? []).join() === '0,1,2';
}
