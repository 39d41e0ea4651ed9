import type { PlannedTensor, QuantizeOptions, TensorPlan } from '../method';
import { packedTensorLength } from '../packedTensor';
import { bestTrial, closeIn, type Trial } from './closeIn';
import { encodeTensor } from './encodeTensor';
import { fewestBits } from './fewestBits';
import { tensorLayout } from './layout';
import { logStepFor, type NormalSource } from './normalRate';
import { statesFor } from './presets';
import { measureRows } from './rowSizes';
import { estimateBits, sampleTensor, type TensorSample } from './sample';
import { stepFor } from './stepFor';

/** Weights that the search for a step looks at, of the whole model. */
const SAMPLE = 2 ** 22;
/** Weights of a tensor that it looks at, at least. */
const LEAST_SHARE = 2 ** 13;
/** Models of so many weights are coded as a whole to see what they take. */
const EXACT = 2 ** 25;

/** How far below the wanted bits a plan may come out, bits a weight; the middle is aimed at. */
const TOLERANCE = 0.003;
/** How often a model is coded at most to see what it takes: a small one more often, for its bytes come in jumps. */
const TRIALS = { least: 5, most: 64, weights: 2 ** 25 } as const;
/** The same for estimates by a sample, and where they stop. */
const ESTIMATES = 10;
const ESTIMATE_TOLERANCE = 0.0005;

/**
 * Finds the step at which all tensors together take `bits` bits a weight, or `bytes` bytes where they are
 * given, everything in the file counted. The step of a tensor is in proportion to the square root of its root mean
 * square, half way between one step for the whole model, which makes the squared error least, and one in proportion
 * to it, with which all tensors keep the same share of their signal: which errors do harm is not known without
 * data. Tensors with bits to spare have it larger by as many octaves, as far as {@link fewestBits} allows it. All rows of a tensor have the same: smaller
 * ones cost fewer bits by their classes.
 *
 * A sample of some million weights, rows of every size, is coded at steps that close in on the wanted rate.
 * Of a model of up to 2²⁵ weights, or of any where bytes are given, every tensor is then coded as it will be,
 * and the step corrected until the whole takes at most what is wanted, and less by 0.003 bits at most, as far
 * as the bytes of small tensors allow it.
 */
export async function planSteps(
  tensors: readonly PlannedTensor[],
  options: QuantizeOptions,
): Promise<ReadonlyMap<string, TensorPlan>> {
  const weights = tensors.reduce((sum, { entry }) => sum + entry.size, 0);
  const bits = options.bytes === undefined ? options.bits : (8 * options.bytes) / weights;
  const stateBits = statesFor(options.preset);
  const samples = await takeSamples(tensors, weights, options);
  const scales = stepScales(samples, bits);
  const planAt = (logStep: number, { entry, bitsToSpare }: PlannedTensor): TensorPlan => {
    const { unit, most } = scales.get(entry.name)!;
    return { step: Math.min(unit * 2 ** (logStep + bitsToSpare), most) };
  };

  const target = bits - TOLERANCE / 2;
  const estimate = async (logStep: number): Promise<Trial> => {
    let total = 0;
    for (const { tensor, sample } of samples) {
      total += await estimateBits(sample, planAt(logStep, tensor), stateBits, options);
    }
    return { logStep, bits: total / weights };
  };
  const start = logStepFor(normalSources(samples, scales), target);
  const estimates = await closeIn(estimate, start, target, {
    isGood: (trial) => Math.abs(trial.bits - target) <= ESTIMATE_TOLERANCE,
    trials: ESTIMATES,
  });
  let { logStep } = bestTrial(estimates, target + ESTIMATE_TOLERANCE);

  if (weights <= EXACT || options.bytes !== undefined) {
    const measure = async (at: number): Promise<Trial> => {
      let bytes = 0;
      for (const tensor of tensors) bytes += await codedBytes(tensor, planAt(at, tensor), options);
      return { logStep: at, bits: (8 * bytes) / weights };
    };
    const measured = await closeIn(measure, logStep, target, {
      isGood: (trial) => trial.bits <= bits && trial.bits >= bits - TOLERANCE,
      trials: Math.min(TRIALS.most, Math.max(TRIALS.least, Math.floor(TRIALS.weights / weights))),
    });
    ({ logStep } = bestTrial(measured, bits));
  }
  return new Map(tensors.map((tensor) => [tensor.entry.name, planAt(logStep, tensor)]));
}

interface SampledTensor {
  readonly tensor: PlannedTensor;
  readonly sample: TensorSample;
}

async function takeSamples(
  tensors: readonly PlannedTensor[],
  weights: number,
  { signal }: QuantizeOptions,
): Promise<SampledTensor[]> {
  const samples: SampledTensor[] = [];
  for (const tensor of tensors) {
    signal?.throwIfAborted();
    const { entry } = tensor;
    const share = Math.max(LEAST_SHARE, (SAMPLE * entry.size) / Math.max(SAMPLE, weights));
    samples.push({ tensor, sample: sampleTensor(await tensor.read(), entry, share) });
  }
  return samples;
}

/** The rows of the samples as normal weights. */
function normalSources(
  samples: readonly SampledTensor[],
  scales: ReadonlyMap<string, StepScale>,
): NormalSource[] {
  return samples.flatMap(({ tensor: { entry, bitsToSpare }, sample: { layout, matrix } }) =>
    Array.from(matrix.rms, (rms) => ({
      weights: layout.size / matrix.rms.length,
      rms,
      relativeStep: scales.get(entry.name)!.unit * 2 ** bitsToSpare,
    })),
  );
}

/** What the step of a tensor depends on beside the bits. */
interface StepScale {
  /** It is in proportion to this. */
  readonly unit: number;
  /** It is not larger. */
  readonly most: number;
}

/**
 * The scales of the steps, by name. Units are the geometric mean of the root mean squares of the tensor's weights and
 * of all weights, so that a model of twice the size gets just twice the steps.
 */
function stepScales(samples: readonly SampledTensor[], bits: number): ReadonlyMap<string, StepScale> {
  const squares = samples.map(({ sample: { layout, sizes } }) =>
    sizes.rms.reduce((sum, rms) => sum + layout.columns * rms * rms, 0),
  );
  const weights = samples.reduce((sum, { sample }) => sum + sample.layout.size, 0);
  const model = squares.reduce((sum, own) => sum + own, 0) / weights;
  const coarsest = 2 ** logStepFor([{ weights: 1, rms: 1, relativeStep: 1 }], fewestBits(bits));
  return new Map(
    samples.map(({ tensor: { entry } }, i) => {
      const own = squares[i]! / entry.size;
      const scale =
        own > 0
          ? { unit: (own * model) ** 0.25, most: coarsest * Math.sqrt(own) }
          : { unit: 1, most: Infinity };
      return [entry.name, scale];
    }),
  );
}

/** Bytes of a packed tensor that is coded as a plan says. */
export async function codedBytes(
  tensor: PlannedTensor,
  plan: TensorPlan,
  { pool, signal, preset }: QuantizeOptions,
): Promise<number> {
  const weights = await tensor.read();
  const layout = tensorLayout(tensor.entry.shape);
  const sizes = measureRows(weights, layout);
  const matrix = { weights, layout, rms: sizes.rms };
  const step = stepFor(plan, sizes);
  const { packed } = await encodeTensor(matrix, step, statesFor(preset), { pool, signal });
  return packedTensorLength(packed);
}
