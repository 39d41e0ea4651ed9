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
/** Most times that a model is coded to see what it takes: a small one, of which a byte is more, and a large one. */
const SMALL_TRIALS = 24;
const LARGE_TRIALS = 5;
/** Where a search stops that only estimates. */
const ESTIMATE_TOLERANCE = 0.0005;

/**
 * Finds the step at which all tensors together take `bits` bits a weight, everything in the file counted:
 * below 4 bits a step relative to each row's root mean square, for then all rows keep the same share of
 * their signal; from 4 bits on one step for the whole model, which makes the squared error least.
 *
 * A sample of some million weights, rows of every size, is coded at steps that close in on the wanted rate.
 * Of a model of up to 2²⁵ weights every tensor is then coded as it will be, and the step corrected until the
 * whole takes at most `bits` and less by 0.003 at most, as far as the bytes of small tensors allow it.
 */
export async function planSteps(
  tensors: readonly PlannedTensor[],
  options: QuantizeOptions,
): Promise<ReadonlyMap<string, TensorPlan>> {
  const { bits } = options;
  const relative = bits < ONE_STEP_BITS;
  const weights = tensors.reduce((sum, { entry }) => sum + entry.size, 0);
  const stateBits = statesFor(options.preset);

  const samples = await takeSamples(tensors, weights, options);
  // Steps are sought in units of the model, so that a model of twice the size gets just twice the step.
  const unit = relative ? 1 : modelRms(samples);
  const planAt = (logStep: number): TensorPlan => ({ step: unit * 2 ** logStep, relative });
  const start = logStepFor(
    samples.flatMap((sample) => normalSources(sample, relative ? undefined : unit)),
    bits,
  );
  const exact = weights <= EXACT;
  const target = bits - TOLERANCE / 2;
  const estimate = async (logStep: number): Promise<Trial> => {
    let total = 0;
    for (const sample of samples) {
      total += await estimateBits(sample, planAt(logStep), stateBits, options);
    }
    return { logStep, bits: total / weights };
  };
  const estimates = await closeIn(estimate, start, target, {
    isGood: (trial) => Math.abs(trial.bits - target) <= ESTIMATE_TOLERANCE,
    trials: 10,
  });
  let { logStep } = bestTrial(estimates, target + ESTIMATE_TOLERANCE);
  if (exact) {
    const measure = async (at: number): Promise<Trial> => {
      let bytes = 0;
      for (const tensor of tensors) bytes += await codedBytes(tensor, planAt(at), stateBits, options);
      return { logStep: at, bits: (8 * bytes) / weights };
    };
    const measured = await closeIn(measure, logStep, target, {
      isGood: (trial) => trial.bits <= bits && trial.bits >= bits - TOLERANCE,
      trials: weights <= SAMPLE ? SMALL_TRIALS : LARGE_TRIALS,
    });
    ({ logStep } = bestTrial(measured, bits));
  }
  const plan = planAt(logStep);
  return new Map(tensors.map(({ entry }) => [entry.name, plan]));
}

async function takeSamples(
  tensors: readonly PlannedTensor[],
  weights: number,
  { signal }: QuantizeOptions,
): Promise<TensorSample[]> {
  const samples: TensorSample[] = [];
  for (const tensor of tensors) {
    signal?.throwIfAborted();
    const { entry } = tensor;
    const share = Math.max(LEAST_SHARE, (SAMPLE * entry.size) / Math.max(SAMPLE, weights));
    samples.push(sampleTensor(await tensor.read(), entry, share));
  }
  return samples;
}

/** The rows of a tensor as normal weights; without a unit each has a step of its own size. */
function normalSources({ layout, sizes }: TensorSample, unit: number | undefined): NormalSource[] {
  return Array.from(sizes.rms, (rms) => ({ weights: layout.columns, rms, relativeStep: unit ?? rms }));
}

/** Root mean square of all weights; 1 where all are zero. */
function modelRms(samples: readonly TensorSample[]): number {
  let squares = 0;
  let weights = 0;
  for (const { layout, sizes } of samples) {
    for (const rms of sizes.rms) squares += layout.columns * rms * rms;
    weights += layout.size;
  }
  return squares > 0 ? Math.sqrt(squares / weights) : 1;
}

async function codedBytes(
  tensor: PlannedTensor,
  plan: TensorPlan,
  stateBits: number,
  { pool, signal }: QuantizeOptions,
): Promise<number> {
  const weights = await tensor.read();
  const layout = tensorLayout(tensor.entry.shape);
  const sizes = measureRows(weights, layout);
  const matrix = { weights, layout, rms: sizes.rms };
  const { packed } = await encodeTensor(matrix, stepsFor(plan, sizes), stateBits, { pool, signal });
  return packedTensorLength(packed);
}
