/** Prints what the kernels that gradients need compute on random shapes and values, from a seed. */
import type { KernelFunc, NamedTensorMap, Rank, Tensor } from '@tensorflow/tfjs';
import { loadEngine } from '../../../../src/engine/registry';
import { Random } from '../../../../src/math/random';
import type { EngineId } from '../../../../src/protocol/engine';

export interface KernelResult {
  readonly what: string;
  readonly shape: number[];
  readonly values: number[];
}

export interface RandomKernels {
  readonly results: readonly KernelResult[];
  /** Buffers of the backend that were left over after all tensors were disposed. */
  readonly leaked: number;
}

const CASES = 40;

void main(process.argv[2] as EngineId);

async function main(id: EngineId): Promise<void> {
  const { tf } = await loadEngine(id);
  const random = new Random(11);
  const between = (low: number, high: number) => low + random.integer(high - low + 1);
  const normal = (shape: number[]): Tensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => random.normal()),
      shape,
    );
  };
  const results: KernelResult[] = [];
  const run = (kernel: string, inputs: NamedTensorMap, attributes: object) => {
    const attrs = attributes as NonNullable<Parameters<KernelFunc>[0]['attrs']>;
    const output = tf.engine().runKernel<Tensor>(kernel, inputs, attrs);
    const what = `${kernel} of ${Object.values(inputs)
      .map((input) => `[${input.shape.join(', ')}]`)
      .join(', ')} with ${JSON.stringify(attributes)}`;
    results.push({ what, shape: output.shape, values: Array.from(output.dataSync()) });
  };

  const convolution = () => {
    const [height, width] = [between(1, 4), between(1, 4)];
    const [inChannels, outChannels] = [between(1, 4), between(1, 5)];
    const inputShape = [between(1, 3), between(height, 9), between(width, 9), inChannels];
    const strides: [number, number] = [between(1, 3), between(1, 3)];
    const pad = random.integer(2) === 0 ? ('same' as const) : ('valid' as const);
    const common = { strides, pad, dilations: 1 };

    const filterShape = [height, width, inChannels, outChannels];
    const [x, filter] = [normal(inputShape), normal(filterShape)];
    const output = tf.conv2d(x as Tensor<Rank.R4>, filter as Tensor<Rank.R4>, strides, pad);
    const dy = normal(output.shape);
    run('Conv2DBackpropFilter', { x, dy }, { ...common, dataFormat: 'NHWC', filterShape });
    run('Conv2DBackpropInput', { dy, filter }, { ...common, dataFormat: 'NHWC', inputShape });

    const depthwiseShape = [height, width, inChannels, between(1, 3)];
    const depthwise = normal(depthwiseShape);
    const mixed = tf.depthwiseConv2d(x as Tensor<Rank.R4>, depthwise as Tensor<Rank.R4>, strides, pad);
    const dMixed = normal(mixed.shape);
    run('DepthwiseConv2dNativeBackpropFilter', { x, dy: dMixed }, { ...common, filterShape: depthwiseShape });
    run('DepthwiseConv2dNativeBackpropInput', { dy: dMixed, filter: depthwise }, { ...common, inputShape });
  };
  const pooling = () => {
    const filterSize: [number, number] = [between(1, 3), between(1, 3)];
    const strides: [number, number] = [between(1, 3), between(1, 3)];
    const pad = random.integer(2) === 0 ? ('same' as const) : ('valid' as const);
    const input = normal([between(1, 3), between(3, 9), between(3, 9), between(1, 4)]) as Tensor<Rank.R4>;
    const output = tf.maxPool(input, filterSize, strides, pad);
    const dy = normal(output.shape);
    run('MaxPoolGrad', { dy, input, output }, { filterSize, strides, pad });
    run('AvgPoolGrad', { dy, input }, { filterSize, strides, pad });
  };
  const segments = () => {
    const [rows, numSegments] = [between(1, 20), between(1, 8)];
    const inner = Array.from({ length: random.integer(3) }, () => between(1, 4));
    const ids = Int32Array.from({ length: rows }, () => between(0, numSegments - 1));
    const x = normal([rows, ...inner]);
    run('UnsortedSegmentSum', { x, segmentIds: tf.tensor1d(ids, 'int32') }, { numSegments });
  };
  const product = () => {
    const [transposeA, transposeB] = [random.integer(2) === 1, random.integer(2) === 1];
    const [batch, rows, inner, columns] = [between(1, 3), between(1, 20), between(1, 20), between(1, 20)];
    const a = normal(transposeA ? [batch, inner, rows] : [batch, rows, inner]);
    const b = normal(transposeB ? [batch, columns, inner] : [batch, inner, columns]);
    run('BatchMatMul', { a, b }, { transposeA, transposeB });
  };

  const buffers = () => tf.engine().backend.numDataIds();
  const before = buffers();
  tf.tidy(() => {
    for (const kernel of [convolution, pooling, segments, product]) {
      for (let i = 0; i < CASES; i++) kernel();
    }
  });
  const printed: RandomKernels = { results, leaked: buffers() - before };
  process.stdout.write(JSON.stringify(printed));
}
