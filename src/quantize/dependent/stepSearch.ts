import type { PlannedTensor, QuantizeOptions, TensorPlan } from '../method';
import { packedTensorLength } from '../packedTensor';
import { bestTrial, closeIn, type Trial } from './closeIn';
import { encodeTensor } from './encodeTensor';
import { tensorLayout } from './layout';
import { logStepFor, type NormalSource } from './normalRate';
import { statesFor } from './presets';
import { measureRows } from './rowSizes';
import { estimateBits, sampleTensor, type TensorSample } from './sample';
import { stepsFor } from './steps';

/** From so many bits a weight on, all rows have one step. */
const ONE_STEP_BITS = 4;
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
 * given, everything in the file counted: below 4 bits a step relative to each row's root mean square, for
 * then all rows keep the same share of their signal; from 4 bits on one step for the whole model, which makes
 * the squared error least. Tensors with bits to spare have it larger by as many octaves.
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
  const relative = bits < ONE_STEP_BITS;
  const stateBits = statesFor(options.preset);
  const samples = await takeSamples(tensors, weights, options);
  // Steps are sought in units of the model, so that a model of twice the size gets just twice the step.
  const unit = relative ? 1 : modelRms(samples);
  const planAt = (logStep: number, { bitsToSpare }: PlannedTensor): TensorPlan => ({
    step: unit * 2 ** (logStep + bitsToSpare),
    relative,
  });

  const target = bits - TOLERANCE / 2;
  const estimate = async (logStep: number): Promise<Trial> => {
    let total = 0;
    for (const { tensor, sample } of samples) {
      total += await estimateBits(sample, planAt(logStep, tensor), stateBits, options);
    }
    return { logStep, bits: total / weights };
  };
  const start = logStepFor(normalSources(samples, relative ? undefined : unit), target);
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

/** The rows of the samples as normal weights; without a unit each has a step of its own size. */
function normalSources(samples: readonly SampledTensor[], unit: number | undefined): NormalSource[] {
  return samples.flatMap(({ tensor, sample: { layout, matrix } }) =>
    Array.from(matrix.rms, (rms) => ({
      weights: layout.size / matrix.rms.length,
      rms,
      relativeStep: (unit ?? rms) * 2 ** tensor.bitsToSpare,
    })),
  );
}

/** Root mean square of all weights; 1 where all are zero. */
function modelRms(samples: readonly SampledTensor[]): number {
  let squares = 0;
  let weights = 0;
  for (const { layout, sizes } of samples.map(({ sample }) => sample)) {
    for (const rms of sizes.rms) squares += layout.columns * rms * rms;
    weights += layout.size;
  }
  return squares > 0 ? Math.sqrt(squares / weights) : 1;
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
  const steps = stepsFor(plan, sizes);
  const { packed } = await encodeTensor(matrix, steps, statesFor(preset), { pool, signal });
  return packedTensorLength(packed);
}
