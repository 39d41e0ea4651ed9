import { DataType } from '../graph/tensorflow_pb';
import type { TensorOperation, ValueIndex } from '../program/program';
import { samplesOf } from './batchNormalization';
import { FLOAT, type Rewriter, type Rule } from './rewriter';

/**
 * The gradient of a batch normalization that `batchNormalization` has rewritten. TensorFlow.js sums what
 * comes through the normalized values, the variance and the mean, some twenty passes over images; TensorFlow
 * has one op for it, which gives the gradients of scale and offset too. With s = 1 / √(variance + ε), g the
 * gradient of the normalized values and n numbers a channel, what is recognized is
 *
 *     ((g·tile(s))·scale + (Σ((−½s³·(x − mean))·(g·scale)) / n) · 2(x − mean)) + Σ_mean / n
 *
 * where Σ_mean = Σ(−s·(g·scale)) − Σ(the second term).
 */
export const batchNormalizationGradient: Rule = (root, program) => {
  const match = new Match(program).root(root);
  if (match === undefined) return undefined;
  const { forward, gradient, scaleGradient, offsetGradient } = match;
  const [x, scale] = forward.inputs as [number, number];
  const channels = program.shape(scale);
  const [newScaleGradient, newOffsetGradient] = [1, 2].map(() => program.result(channels));
  const operation: TensorOperation = {
    kind: 'tensor',
    name: 'FusedBatchNormGradV3',
    attributes: {
      ...FLOAT,
      U: DataType.DT_FLOAT,
      epsilon: forward.attributes['epsilon'],
      data_format: 'NHWC',
      is_training: true,
    },
    inputs: [gradient, x, scale, ...forward.outputs.slice(3)],
    outputs: [
      root.outputs[0]!,
      newScaleGradient!,
      newOffsetGradient!,
      ...[1, 2].map(() => program.result([0])),
    ],
  };
  const instead = new Map<ValueIndex, ValueIndex>();
  if (scaleGradient !== undefined) instead.set(scaleGradient, newScaleGradient!);
  if (offsetGradient !== undefined) instead.set(offsetGradient, newOffsetGradient!);
  return { kind: 'operations', operations: [operation], instead };
};

interface Found {
  /** The normalization. */
  readonly forward: TensorOperation;
  readonly gradient: ValueIndex;
  /** The values that hold the other two gradients. */
  readonly scaleGradient: ValueIndex | undefined;
  readonly offsetGradient: ValueIndex | undefined;
}

/** What a normalization's gradient is made of, as the parts become known. */
interface Parts {
  readonly x: ValueIndex;
  readonly mean: ValueIndex;
  readonly scale: ValueIndex;
  readonly inverse: ValueIndex;
  readonly gradient: ValueIndex;
}

class Match {
  constructor(private readonly program: Rewriter) {}

  root(root: TensorOperation): Found | undefined {
    if (root.name !== 'Add' && root.name !== 'AddV2') return undefined;
    const [most, throughMean] = root.inputs as [number, number];
    const meanGradient = this.spread(throughMean);
    const [direct, throughVariance] = this.inputs(most, 'Add') ?? [];
    const [tiled, scale] = this.inputs(direct, 'Mul') ?? [];
    const [gradient, tile] = this.inputs(tiled, 'Mul') ?? [];
    const [reshaped] = this.inputs(tile, 'Tile') ?? [];
    const [inverse] = this.inputs(reshaped, 'Reshape') ?? [];
    const forward = this.forwardOf(inverse);
    if (meanGradient === undefined || forward === undefined) return undefined;
    const [x] = forward.inputs as [number];
    const [, mean] = forward.outputs as [number, number];
    if (forward.inputs[1] !== scale) return undefined;
    const parts: Parts = { x, mean, scale: scale!, inverse: inverse!, gradient: gradient! };
    const isWhole =
      this.isThroughVariance(throughVariance!, parts) &&
      this.isMeanGradient(meanGradient, throughVariance!, parts) &&
      this.countOf(throughMean) === samplesOf(x, this.program);
    if (!isWhole) return undefined;
    return {
      forward,
      gradient: gradient!,
      scaleGradient: this.scaleGradient(parts),
      offsetGradient: this.sumOf((value) => value === gradient),
    };
  }

  /** The normalization whose variance is in an inverse deviation, with the same ε. */
  private forwardOf(inverse: ValueIndex | undefined): TensorOperation | undefined {
    const [shifted] = this.inputs(inverse, 'Rsqrt') ?? [];
    const [variance, epsilon] = this.inputs(shifted, 'Add') ?? [];
    const [sampleVariance, factor] = this.inputs(variance, 'Mul') ?? [];
    const forward = sampleVariance && this.program.producer(sampleVariance, 'FusedBatchNormV3');
    if (!forward || forward.outputs[2] !== sampleVariance) return undefined;
    const samples = samplesOf(forward.inputs[0]!, this.program);
    const isIts =
      this.program.isAll(factor!, Math.fround((samples - 1) / samples)) &&
      this.program.isAll(epsilon!, Math.fround(forward.attributes['epsilon'] as number));
    return isIts ? forward : undefined;
  }

  /** (Σ((−½s³·(x − mean))·(g·scale)) / n) · 2(x − mean) */
  private isThroughVariance(value: ValueIndex, parts: Parts): boolean {
    const [average, twice] = this.inputs(value, 'Mul') ?? [];
    const [centred, two] = this.inputs(twice, 'Mul') ?? [];
    const sum = this.spread(average);
    const [product] = this.inputs(sum, 'BiasAddGrad') ?? [];
    const [weighted, scaled] = this.inputs(product, 'Mul') ?? [];
    const [cube, deviation] = this.inputs(weighted, 'Mul') ?? [];
    return (
      this.isNumber(two, 2) &&
      this.isCentred(centred, parts) &&
      this.countOf(average!) === samplesOf(parts.x, this.program) &&
      this.isHalfCube(cube, parts) &&
      this.isCentred(deviation, parts) &&
      this.isScaled(scaled, parts)
    );
  }

  /** Σ(−s·(g·scale)) − Σ(what comes through the variance) */
  private isMeanGradient(value: ValueIndex, throughVariance: ValueIndex, parts: Parts): boolean {
    const [first, second] = this.inputs(value, 'Add') ?? [];
    const [product] = this.inputs(first, 'BiasAddGrad') ?? [];
    const [negative, scaled] = this.inputs(product, 'Mul') ?? [];
    const [inverse, minusOne] = this.inputs(negative, 'Mul') ?? [];
    const [sum] = this.inputs(second, 'Neg') ?? [];
    const [summed] = this.inputs(sum, 'BiasAddGrad') ?? [];
    return (
      inverse === parts.inverse &&
      this.isNumber(minusOne, -1) &&
      this.isScaled(scaled, parts) &&
      summed === throughVariance
    );
  }

  /** The value of Σ(g·((x − mean)·s)), if it was computed. */
  private scaleGradient(parts: Parts): ValueIndex | undefined {
    return this.sumOf((value) => {
      const [gradient, normalized] = this.inputs(value, 'Mul') ?? [];
      const [centred, inverse] = this.inputs(normalized, 'Mul') ?? [];
      return gradient === parts.gradient && inverse === parts.inverse && this.isCentred(centred, parts);
    });
  }

  /** −½s³ */
  private isHalfCube(value: ValueIndex | undefined, { inverse }: Parts): boolean {
    const [cube, half] = this.inputs(value, 'Mul') ?? [];
    const [square, once] = this.inputs(cube, 'Mul') ?? [];
    const factors = this.inputs(square, 'Mul') ?? [];
    return (
      this.isNumber(half, -0.5) &&
      once === inverse &&
      factors.length === 2 &&
      factors.every((factor) => factor === inverse)
    );
  }

  /** g·scale */
  private isScaled(value: ValueIndex | undefined, { gradient, scale }: Parts): boolean {
    const inputs = this.inputs(value, 'Mul') ?? [];
    return inputs[0] === gradient && inputs[1] === scale;
  }

  /** x − mean, where the mean may have been given four dimensions. */
  private isCentred(value: ValueIndex | undefined, { x, mean }: Parts): boolean {
    const [minuend, subtrahend] = this.inputs(value, 'Sub') ?? [];
    const [reshaped] = this.inputs(subtrahend, 'Reshape') ?? [];
    return minuend === x && (subtrahend === mean || reshaped === mean);
  }

  /** The vector v where a value is `v·ones / n`, or `v / n` by `averageGradient`: an average's gradient. */
  private spread(value: ValueIndex | undefined): ValueIndex | undefined {
    const [divided] = this.inputs(value, 'RealDiv') ?? [];
    const [reshaped, ones] = this.inputs(divided, 'Mul') ?? [divided];
    if (ones !== undefined && !this.isNumber(ones, 1)) return undefined;
    return this.inputs(reshaped, 'Reshape')?.[0];
  }

  /** The n of `spread`. */
  private countOf(value: ValueIndex): number | undefined {
    const [, count] = this.inputs(value, 'RealDiv') ?? [];
    return count === undefined ? undefined : this.program.constant(count)?.[0];
  }

  private sumOf(isSummed: (value: ValueIndex) => boolean): ValueIndex | undefined {
    return this.program.latest('BiasAddGrad', ({ inputs }) => isSummed(this.program.resolve(inputs[0]!)))
      ?.outputs[0];
  }

  private isNumber(value: ValueIndex | undefined, number: number): boolean {
    return value !== undefined && this.program.isAll(value, number);
  }

  /** Inputs of the operation that computes a value, if it has this name, as they stand now. */
  private inputs(value: ValueIndex | undefined, name: string): readonly ValueIndex[] | undefined {
    if (value === undefined) return undefined;
    const operation = this.program.producer(this.program.resolve(value), name);
    return operation?.inputs.map((input) => this.program.resolve(input));
  }
}
