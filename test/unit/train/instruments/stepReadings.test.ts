import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import { Random } from '../../../../src/math/random';
import { layersOf } from '../../../../src/train/instruments/layers';
import {
  describeStep,
  HISTOGRAM_BINS,
  PLANE_BINS,
  readStep,
} from '../../../../src/train/instruments/stepReadings';

let tf: TensorFlow;

beforeAll(async () => {
  ({ tf } = await loadEngine('cpu'));
});

const SHAPES = [[4, 5], [5], [5, 2]];
const NAMES = ['dense/kernel', 'dense/bias', 'dense_1/kernel'];

/** Random numbers for each shape, with two outputs of the first kernel dead in the gradient. */
function draw(seed: number, deadColumns: readonly number[] = []): Float32Array[] {
  const random = new Random(seed);
  return SHAPES.map((shape, place) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      place === 0 && deadColumns.includes(i % 5) ? 0 : random.normal(),
    ),
  );
}

const square = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
const minus = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => value - b[i]!);

describe('readings of a step', () => {
  const [gradients, before, after, start] = [draw(1, [1, 3]), draw(2), draw(3), draw(4)];
  const layers = layersOf(NAMES.map((name) => ({ name, variable: undefined as never })));

  async function read(knowsStart = true) {
    const tensors = [gradients, before, after, start].map((all) =>
      all.map((values, i) => tf.tensor(values, SHAPES[i])),
    );
    const [g, b, a, s] = tensors as [Tensor[], Tensor[], Tensor[], Tensor[]];
    const readings = readStep(tf, { gradients: g, before: b, after: a, start: s }, layers, {
      histograms: true,
      planes: true,
    });
    const description = await describeStep(readings, layers, SHAPES, { knowsStart });
    tf.dispose(tensors.flat());
    return description;
  }

  it('group variables by layer', () => {
    expect(layers).toEqual([
      { name: 'dense', places: [0, 1] },
      { name: 'dense_1', places: [2] },
    ]);
  });

  it('are norms of gradients, weights, updates and the way from the start', async () => {
    const tensors = tf.memory().numTensors;
    const { values, byLayer, slope } = await read();
    expect(tf.memory().numTensors).toBe(tensors);
    const updates = after.map((tensor, i) => minus(tensor, before[i]!));
    const ways = after.map((tensor, i) => minus(tensor, start[i]!));
    for (const [name, all] of [
      ['gradientNorm', gradients],
      ['weightNorm', before],
      ['updateNorm', updates],
      ['distanceFromStart', ways],
    ] as const) {
      const [kernel, bias, last] = all.map(square) as [number, number, number];
      expect(byLayer[name]![0]).toBeCloseTo(Math.sqrt(kernel + bias), 4);
      expect(byLayer[name]![1]).toBeCloseTo(Math.sqrt(last), 4);
      expect(values[name]).toBeCloseTo(Math.sqrt(kernel + bias + last), 4);
    }
    expect(values['updateRatio']).toBeCloseTo(values['updateNorm']! / values['weightNorm']!, 5);
    const dots = gradients.map((gradient, i) =>
      gradient.reduce((sum, entry, k) => sum + entry * updates[i]![k]!, 0),
    );
    expect(slope).toBeCloseTo(dots[0]! + dots[1]! + dots[2]!, 4);
  });

  it('find the outputs whose weights have no gradient', async () => {
    const { values, byLayer } = await read();
    expect(byLayer['deadUnits']).toEqual([2 / 5, 0]);
    expect(values['deadUnits']).toBeCloseTo(2 / 7, 10);
  });

  it('leave out a distance from a start that is not known', async () => {
    const { values, byLayer } = await read(false);
    expect(values['distanceFromStart']).toBeUndefined();
    expect(byLayer['distanceFromStart']).toBeUndefined();
  });

  it('count each entry in its bin, and what lies beyond in the outer ones', async () => {
    const { histograms } = await read();
    expect(histograms!.length).toBe(6);
    const {
      start: left,
      width,
      counts,
    } = histograms!.find(({ of, layer }) => of === 'gradients' && layer === 'dense')!;
    const entries = [...gradients[0]!, ...gradients[1]!];
    const scale = Math.sqrt((square(gradients[0]!) + square(gradients[1]!)) / entries.length);
    expect(left).toBeCloseTo(-4 * scale, 5);
    const expected = Array<number>(HISTOGRAM_BINS).fill(0);
    for (const entry of entries) {
      expected[Math.min(HISTOGRAM_BINS - 1, Math.max(0, Math.floor((entry - left) / width)))]!++;
    }
    // The zeros lie on an edge: they may be in the bin to either side.
    const middle = HISTOGRAM_BINS / 2;
    const merged = (bins: readonly number[]): number[] => [
      ...bins.slice(0, middle - 1),
      bins[middle - 1]! + bins[middle]!,
      ...bins.slice(middle + 1),
    ];
    expect(merged(counts)).toEqual(merged(expected));
  });

  it('count pairs of weight and gradient in the plane', async () => {
    const { planes } = await read();
    const { counts, start: left, width, bins } = planes![1]!.counts;
    expect(bins).toBe(PLANE_BINS);
    const scaled = [before, gradients].map((all) =>
      all[2]!.map((entry) => entry / Math.sqrt(square(all[2]!) / 10)),
    );
    const expected = Array<number>(PLANE_BINS ** 2).fill(0);
    scaled[0]!.forEach((u, i) => {
      const place = [u, scaled[1]![i]!].map((value) => Math.floor((value - left) / width));
      expected[place[0]! * PLANE_BINS + place[1]!]!++;
    });
    expect(counts).toEqual(expected);
  });
});
