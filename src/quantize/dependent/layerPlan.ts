import type { CalibratedLayer } from '../calibration/statistics';
import { toLayer } from '../feedback/quantizeLayer';
import { inParallel } from '../kernels/inParallel';
import type { PlannedTensor, QuantizeOptions, RowOptions, TensorPlan } from '../method';
import { packedTensorLength } from '../packedTensor';
import { bestTrial, closeIn, type Trial } from './closeIn';
import { fewestBits } from './fewestBits';
import { logStepFor, type NormalSource } from './normalRate';
import { normalRows, type PreparedLayer } from './preparedLayer';

/** How far below the wanted bits a plan may come out, bits a weight; the middle is aimed at. */
const TOLERANCE = 0.003;
/** Most times that all layers are coded to see what they take. */
const TRIALS = 8;
/** How far the step of a layer may be from that of equal rates, octaves: measured errors have errors too. */
const FARTHEST = 2;
/** Bytes of curvatures and weights that are kept from trial to trial; what is beyond is made again each time. */
const KEPT_BYTES = 2 ** 29;

/** A tensor that is coded as a layer. */
export type LayerTensor = PlannedTensor & { readonly layer: CalibratedLayer };

/**
 * Finds the steps at which the layers of a model together take `bytes` bytes. Row c of layer l has the step
 * κ_l·U_cc. Where it was measured how much the model's output suffers from each layer, κ_l is in proportion to
 * √(weights / sensitivity), which makes the sum of all errors least; else all layers get the same rate, and
 * those with bits to spare steps larger by as many octaves, as far as {@link fewestBits} allows it. One common factor is corrected until the layers,
 * coded with error feedback as they will be, fit.
 */
export async function planLayers(
  tensors: readonly LayerTensor[],
  bytes: number,
  options: QuantizeOptions,
): Promise<ReadonlyMap<string, TensorPlan>> {
  const weights = tensors.reduce((sum, { entry }) => sum + entry.size, 0);
  const bits = (8 * bytes) / weights;
  const prepare = layerPreparer(tensors, options);
  const sources: (readonly NormalSource[])[] = [];
  for (const i of tensors.keys()) {
    options.signal?.throwIfAborted();
    sources.push(normalRows(await prepare(i)));
  }
  const equal = sources.map((rows, i) =>
    Math.min(logStepFor(rows, bits) + tensors[i]!.bitsToSpare, logStepFor(rows, fewestBits(bits))),
  );
  const logSteps = stepsBySensitivity(tensors, equal) ?? equal;

  const planAt = (logStep: number, i: number): TensorPlan => ({ step: 2 ** (logStep + logSteps[i]!) });
  const { groupSize, range, seed, preset } = options;
  const rowOptions: RowOptions = { bits, groupSize, range, seed, preset };
  const measure = async (logStep: number): Promise<Trial> => {
    const lengths = await inParallel(
      tensors.length,
      async (i) => {
        const task = { ...(await prepare(i)), method: 'dependent' as const, options: rowOptions };
        return packedTensorLength(
          (await options.pool.run('feedback.code', { ...task, plan: planAt(logStep, i) })).packed,
        );
      },
      options,
    );
    return { logStep, bits: (8 * lengths.reduce((sum, length) => sum + length, 0)) / weights };
  };
  const scaled = sources.flatMap((rows, i) =>
    rows.map((row) => ({ ...row, relativeStep: row.relativeStep * 2 ** logSteps[i]! })),
  );
  let trials = 0;
  const tried = await closeIn(
    (logStep) => {
      options.onProgress?.(trials++ / TRIALS);
      return measure(logStep);
    },
    logStepFor(scaled, bits),
    bits - TOLERANCE / 2,
    { isGood: (trial) => trial.bits <= bits && trial.bits >= bits - TOLERANCE, trials: TRIALS },
  );
  const { logStep } = bestTrial(tried, bits);
  return new Map(tensors.map(({ entry }, i) => [entry.name, planAt(logStep, i)]));
}

/** Reads a layer and factorizes its Hessian; keeps what fits in memory. */
function layerPreparer(
  tensors: readonly LayerTensor[],
  { pool }: QuantizeOptions,
): (index: number) => Promise<PreparedLayer> {
  const kept = new Map<number, PreparedLayer>();
  let keptBytes = 0;
  return async (index) => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const tensor = tensors[index]!;
    const statistics = await tensor.layer.readStatistics();
    const prepared = {
      matrix: toLayer(await tensor.read(), statistics),
      curvature: await pool.run('feedback.curvature', statistics),
    };
    const bytes = prepared.matrix.byteLength + (prepared.curvature.factor?.byteLength ?? 0);
    if (keptBytes + bytes <= KEPT_BYTES) {
      kept.set(index, prepared);
      keptBytes += bytes;
    }
    return prepared;
  };
}

/** Logarithms of √(weights / sensitivity), near those of equal rates; `undefined` where one was not measured. */
function stepsBySensitivity(tensors: readonly LayerTensor[], equal: readonly number[]): number[] | undefined {
  const shares: number[] = [];
  for (const [i, { entry, layer }] of tensors.entries()) {
    const { sensitivity } = layer.summary;
    if (sensitivity === undefined) return undefined;
    shares.push(Math.log2(entry.size / sensitivity) / 2 - equal[i]!);
  }
  const finite = shares.filter((share) => Number.isFinite(share));
  const middle = finite.length === 0 ? 0 : finite.reduce((sum, share) => sum + share, 0) / finite.length;
  return shares.map((share, i) => equal[i]! + Math.min(Math.max(share - middle, -FARTHEST), FARTHEST));
}
