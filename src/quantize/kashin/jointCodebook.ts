import { lloyd } from '../../math/lloyd';
import { planarLloyd } from '../../math/planarLloyd';
import { PlanarNearest } from '../../math/planarNearest';
import { decodeFloat32, encodeFloat32 } from '../../modelfile/dtype';
import { codebookOfPairs, type Codebook } from './codebook';

/** Points that a codebook is fitted to. */
const SAMPLE = 2 ** 16;
/** Lloyd rounds: along each axis, in the plane to compare grids, and in the plane to the end. */
const AXIS_ROUNDS = 30;
const COMPARING_ROUNDS = 3;
const PLANE_ROUNDS = 40;

/** A codebook, and its pairs as stored: float16 u₀, v₀, u₁, v₁, … */
export interface StoredCodebook {
  readonly codebook: Codebook;
  readonly bytes: Uint8Array;
}

/**
 * The joint codebook of Merkulov et al. (2024): k-means in the plane with 2^bits centroids for the points
 * (u_i, v_i). It starts from a grid of symmetric levels, each axis clustered on its own. How many bits are u's
 * depends on the order that the greedy steps took (a factor that got one large step before the other got two
 * has two peaks, and the other eight), so every split is tried for some rounds and the best goes on. All centroids
 * are used, where the published code drops those that make no square.
 */
export function fitJointCodebook(u: Float32Array, v: Float32Array, bits: number): StoredCodebook {
  const points = samplePoints(u, v);
  let best: Grid | undefined;
  let least = Infinity;
  for (let uBits = 1; uBits < bits; uBits++) {
    const centroids = grid(points, 2 ** uBits, 2 ** (bits - uBits));
    planarLloyd(points, centroids, COMPARING_ROUNDS);
    const error = squaredError(points, centroids);
    if (error < least) {
      least = error;
      best = centroids;
    }
  }
  const centroids = best!;
  planarLloyd(points, centroids, PLANE_ROUNDS);
  const pairs = Float32Array.from({ length: 2 * 2 ** bits }, (_, i) =>
    i % 2 === 0 ? centroids.x[i >> 1]! : centroids.y[i >> 1]!,
  );
  const bytes = encodeFloat32(pairs, 'F16');
  return { codebook: codebookOfPairs(decodeFloat32(new Uint8Array(bytes), 'F16')), bytes };
}

/** The code of the nearest pair for each (u_i, v_i). */
export function nearestPairs(u: Float32Array, v: Float32Array, codebook: Codebook): Uint8Array {
  return pairFinder(codebook)(u, v);
}

/** The same for many vectors and one codebook: gives the code of the nearest pair for each (u_i, v_i). */
export function pairFinder(codebook: Codebook): (u: Float32Array, v: Float32Array) => Uint8Array {
  const nearest = new PlanarNearest({ x: codebook.u, y: codebook.v });
  return (u, v) => {
    const codes = new Uint8Array(u.length);
    for (let i = 0; i < u.length; i++) codes[i] = nearest.find(u[i]!, v[i]!);
    return codes;
  };
}

interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

interface Grid {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Pairs from everywhere: every k-th, k odd, so that no column of a matrix is preferred. Pairs of zeros come from
 * vectors of zeros, which any code serves.
 */
function samplePoints(u: Float32Array, v: Float32Array): Points {
  const stride = Math.floor(u.length / SAMPLE) | 1;
  const chosen: number[] = [];
  for (let i = 0; i < u.length; i += stride) if (u[i] !== 0 || v[i] !== 0) chosen.push(i);
  return {
    x: Float32Array.from(chosen, (i) => u[i]!),
    y: Float32Array.from(chosen, (i) => v[i]!),
  };
}

function grid({ x, y }: Points, columns: number, rows: number): Grid {
  const us = symmetricLevels(x, columns);
  const vs = symmetricLevels(y, rows);
  const count = columns * rows;
  return {
    x: Float64Array.from({ length: count }, (_, code) => us[code % columns]!),
    y: Float64Array.from({ length: count }, (_, code) => vs[Math.floor(code / columns)]!),
  };
}

/** `count` levels, a power of two, ascending and symmetric about zero, near the optimum for the magnitudes. */
function symmetricLevels(values: Float32Array, count: number): Float64Array {
  const magnitudes = values.map(Math.abs);
  const sorted = magnitudes.toSorted();
  const half = count / 2;
  const levels = Float64Array.from(
    { length: half },
    (_, i) => sorted[Math.floor(((i + 0.5) / half) * sorted.length)] ?? 0,
  );
  lloyd(magnitudes, levels, AXIS_ROUNDS);
  return Float64Array.from([...levels.toReversed().map((level) => -level), ...levels]);
}

function squaredError({ x, y }: Points, centroids: Grid): number {
  const nearest = new PlanarNearest(centroids);
  let error = 0;
  for (let i = 0; i < x.length; i++) {
    const c = nearest.find(x[i]!, y[i]!);
    error += (x[i]! - centroids.x[c]!) ** 2 + (y[i]! - centroids.y[c]!) ** 2;
  }
  return error;
}
