import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { GradientPlane, LayerHistogram } from '../../protocol/instruments';
import { flatten } from './flatVector';
import { sum, sumByLayer, type Layer } from './layers';

/** What a step knows of each trainable variable, in the order of the list. */
export interface StepTensors {
  readonly gradients: readonly Tensor[];
  readonly before: readonly Tensor[];
  readonly after: readonly Tensor[];
  /** What the variables held when training began. */
  readonly start: readonly Tensor[];
}

/** How much of a step is read. */
export interface Detail {
  readonly histograms: boolean;
  readonly planes: boolean;
}

/** Small tensors that a step is read by; they say nothing by themselves, see `describeStep`. */
export interface StepReadings {
  /** `[SUMS.length, variables]`. */
  readonly sums: Tensor2D;
  /** `[kinds · layers, HISTOGRAM_BINS]`: kinds in the order of `KINDS`, the layers of each one after another. */
  readonly histograms?: Tensor2D;
  /** `[layers, PLANE_BINS²]`, row by row. */
  readonly planes?: Tensor2D;
}

/** Sums over a variable's entries; `dead` counts its outputs whose gradients are all zero. */
const SUMS = ['gradient', 'weight', 'update', 'distance', 'slope', 'dead'] as const;
const KINDS = ['gradients', 'weights', 'updates'] as const;

export const HISTOGRAM_BINS = 40;
/** Bins along each axis. */
export const PLANE_BINS = 16;
/** Histograms and planes reach so many root mean squares to either side. */
const REACH = 4;

/** Reads a step. Everything is computed where the tensors are, so that only small ones are fetched. */
export function readStep(
  tf: TensorFlow,
  tensors: StepTensors,
  layers: readonly Layer[],
  { histograms, planes }: Detail,
): StepReadings {
  return tf.tidy(() => {
    const updates = tensors.after.map((after, i) => tf.sub(after, tensors.before[i]!));
    const { gradients, before: weights } = tensors;
    const square = (tensor: Tensor): Tensor => tf.sum(tf.square(tensor));
    const byKind = [gradients, weights, updates];
    const squares = byKind.map((kind) => kind.map(square));
    const sums = tf.stack([
      ...squares.map((row) => tf.stack(row)),
      tf.stack(tensors.after.map((after, i) => square(tf.sub(after, tensors.start[i]!)))),
      tf.stack(gradients.map((gradient, i) => tf.sum(tf.mul(gradient, updates[i]!)))),
      tf.stack(gradients.map((gradient) => deadOutputs(tf, gradient))),
    ]) as Tensor2D;
    if (!histograms && !planes) return { sums };
    const scales = scalesOf(tf, squares, weights, layers);
    const rows = byKind.flatMap((kind, k) =>
      layers.map(({ places }, i): Row => ({
        entries: flatten(
          tf,
          places.map((place) => kind[place]!),
        ),
        scale: scales[k * layers.length + i]!,
      })),
    );
    return {
      sums,
      ...(histograms && {
        histograms: countRows(tf, binsOf(tf, rows, HISTOGRAM_BINS), rows, HISTOGRAM_BINS),
      }),
      ...(planes && { planes: countPlanes(tf, rows, layers.length) }),
    };
  });
}

/** What is counted in one histogram, and what it is divided by. */
interface Row {
  readonly entries: Tensor1D;
  readonly scale: Tensor;
}

/** Root mean squares of the kinds, the layers of each one after another; 1 where all entries are zero. */
function scalesOf(
  tf: TensorFlow,
  squares: readonly (readonly Tensor[])[],
  weights: readonly Tensor[],
  layers: readonly Layer[],
): Tensor[] {
  const sums = squares.flatMap((kind) =>
    layers.map(({ places }) => tf.addN(places.map((place) => kind[place]!))),
  );
  const counts = layers.map(({ places }) => places.reduce((total, place) => total + weights[place]!.size, 0));
  const means = tf.div(tf.stack(sums), tf.tensor1d(squares.flatMap(() => counts)));
  return tf.unstack(tf.sqrt(tf.where(tf.greater(means, 0), means, tf.onesLike(means))));
}

/** What the readings of a step say. */
export interface StepDescription {
  readonly values: Readonly<Record<string, number>>;
  readonly byLayer: Readonly<Record<string, readonly number[]>>;
  /** Derivative of the loss along the step at its beginning, g·Δw. */
  readonly slope: number;
  readonly histograms?: readonly LayerHistogram[];
  readonly planes?: readonly GradientPlane[];
}

/**
 * Fetches the readings, disposes them, and says what they mean.
 * @param options.knowsStart whether the start was that of training; else the distance from it is left out
 */
export async function describeStep(
  readings: StepReadings,
  layers: readonly Layer[],
  shapes: readonly (readonly number[])[],
  { knowsStart }: { readonly knowsStart: boolean },
): Promise<StepDescription> {
  const { sums: sumsTensor, histograms, planes } = readings;
  try {
    const flat = await sumsTensor.data();
    const sums = Object.fromEntries(
      SUMS.map((name, i) => [
        name,
        sumByLayer(layers, flat.subarray(i * shapes.length, (i + 1) * shapes.length)),
      ]),
    ) as Record<(typeof SUMS)[number], number[]>;
    const outputs = sumByLayer(layers, shapes.map(outputsOf));
    const sizes = sumByLayer(
      layers,
      shapes.map((shape) => shape.reduce((a, b) => a * b, 1)),
    );
    const quantities = {
      gradientNorm: sums.gradient.map(Math.sqrt),
      weightNorm: sums.weight.map(Math.sqrt),
      updateNorm: sums.update.map(Math.sqrt),
      updateRatio: sums.update.map((square, i) => ratioOfRoots(square, sums.weight[i]!)),
      ...(knowsStart && { distanceFromStart: sums.distance.map(Math.sqrt) }),
      deadUnits: sums.dead.map((dead, i) => (outputs[i] === 0 ? 0 : dead / outputs[i]!)),
    };
    const all = Object.fromEntries(SUMS.map((name) => [name, sum(sums[name])])) as Record<
      (typeof SUMS)[number],
      number
    >;
    return {
      values: {
        gradientNorm: Math.sqrt(all.gradient),
        weightNorm: Math.sqrt(all.weight),
        updateNorm: Math.sqrt(all.update),
        updateRatio: ratioOfRoots(all.update, all.weight),
        ...(knowsStart && { distanceFromStart: Math.sqrt(all.distance) }),
        deadUnits: sum(outputs) === 0 ? 0 : all.dead / sum(outputs),
      },
      byLayer: quantities,
      slope: all.slope,
      ...(histograms !== undefined && {
        histograms: await describeHistograms(histograms, layers, sizes, [
          sums.gradient,
          sums.weight,
          sums.update,
        ]),
      }),
      ...(planes !== undefined && { planes: await describePlanes(planes, layers) }),
    };
  } finally {
    for (const tensor of [sumsTensor, histograms, planes]) tensor?.dispose();
  }
}

/** How many outputs a variable's last axis has; a vector (a bias, a scale) says nothing of its unit's death. */
function outputsOf(shape: readonly number[]): number {
  return shape.length < 2 ? 0 : shape.at(-1)!;
}

function deadOutputs(tf: TensorFlow, gradient: Tensor): Tensor {
  if (outputsOf(gradient.shape) === 0) return tf.scalar(0);
  const largest = tf.max(tf.abs(tf.reshape(gradient, [-1, gradient.shape.at(-1)!])), 0);
  return tf.sum(tf.cast(tf.equal(largest, 0), 'float32'));
}

/**
 * The bin of each entry of all rows, one after another: the outer bins take what lies beyond, and what is no number.
 * All at once, because a step that is read is recorded op by op.
 */
function binsOf(tf: TensorFlow, rows: readonly Row[], bins: number): Tensor1D {
  const perScale = bins / (2 * REACH);
  const scaled = tf.concat(rows.map(({ entries, scale }) => tf.mul(entries, tf.div(perScale, scale))));
  const whole = tf.cast(tf.clipByValue(tf.floor(tf.add(scaled, bins / 2)), 0, bins - 1), 'int32');
  return tf.maximum<Tensor1D>(whole, tf.scalar(0, 'int32'));
}

/** How many entries of each row are in each bin, `[rows, bins]`. */
function countRows(tf: TensorFlow, places: Tensor1D, rows: readonly Row[], bins: number): Tensor2D {
  const starts = tf.concat(rows.map(({ entries }, row) => tf.fill(entries.shape, row * bins, 'int32')));
  const counts = tf.bincount(
    tf.add<Tensor1D>(places, starts),
    tf.tensor1d([], 'float32'),
    rows.length * bins,
  );
  return tf.reshape(counts, [rows.length, bins]);
}

/** @param rows gradients of the layers, then their weights, then others */
function countPlanes(tf: TensorFlow, rows: readonly Row[], layers: number): Tensor2D {
  const [gradients, weights] = [rows.slice(0, layers), rows.slice(layers, 2 * layers)];
  const across = tf.mul(binsOf(tf, weights, PLANE_BINS), tf.scalar(PLANE_BINS, 'int32'));
  const places = tf.add<Tensor1D>(across, binsOf(tf, gradients, PLANE_BINS));
  return countRows(tf, places, gradients, PLANE_BINS ** 2);
}

async function describeHistograms(
  histograms: Tensor2D,
  layers: readonly Layer[],
  sizes: readonly number[],
  squares: readonly (readonly number[])[],
): Promise<LayerHistogram[]> {
  const counts = await histograms.data();
  return KINDS.flatMap((of, kind) =>
    layers.map(({ name }, i) => {
      const mean = squares[kind]![i]! / sizes[i]!;
      const scale = mean > 0 ? Math.sqrt(mean) : 1;
      const row = kind * layers.length + i;
      return {
        of,
        layer: name,
        start: -REACH * scale,
        width: (2 * REACH * scale) / HISTOGRAM_BINS,
        counts: Array.from(counts.subarray(row * HISTOGRAM_BINS, (row + 1) * HISTOGRAM_BINS)),
      };
    }),
  );
}

async function describePlanes(planes: Tensor2D, layers: readonly Layer[]): Promise<GradientPlane[]> {
  const counts = await planes.data();
  const size = PLANE_BINS ** 2;
  return layers.map(({ name }, i) => ({
    layer: name,
    counts: {
      start: -REACH,
      width: (2 * REACH) / PLANE_BINS,
      bins: PLANE_BINS,
      counts: Array.from(counts.subarray(i * size, (i + 1) * size)),
    },
  }));
}

function ratioOfRoots(a: number, b: number): number {
  return a === 0 ? 0 : Math.sqrt(a / b);
}
