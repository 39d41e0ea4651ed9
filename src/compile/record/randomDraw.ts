import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';

/** Random functions of TensorFlow.js that a compiled step can repeat, by the names of their scopes. */
const DISTRIBUTIONS = ['randomUniform', 'randomNormal', 'truncatedNormal'] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];

export function isDistribution(scope: string): scope is Distribution {
  return (DISTRIBUTIONS as readonly string[]).includes(scope);
}

/** Values drawn by TensorFlow.js inside a step: `location + scale × standard`. */
export interface RandomDraw {
  readonly distribution: Distribution;
  readonly location: number;
  readonly scale: number;
}

/** Difference that rounding to float32 explains, in units of the scale or the location. */
const ROUNDING = 4e-7;

/**
 * Recognizes which random function made some values. TensorFlow.js draws a seed from `Math.random` and tells
 * nobody with which arguments it was called, so the standard distribution is drawn again with that seed, and
 * location and scale follow from two values; the others must agree.
 * @param seed what `Math.random` gave
 * @returns `undefined` where the values are too few to tell, or were made in another way
 */
export function recognizeDraw(
  tf: TensorFlow,
  distribution: Distribution,
  seed: number,
  shape: readonly number[],
  values: ArrayLike<number>,
): RandomDraw | undefined {
  const standard = standardDraw(tf, distribution, seed, shape);
  const low = argBest(standard, (a, b) => a < b);
  const high = argBest(standard, (a, b) => a > b);
  const spread = standard[high]! - standard[low]!;
  if (!(spread > 0)) return undefined;
  const scale = (values[high]! - values[low]!) / spread;
  const location = values[low]! - scale * standard[low]!;
  const tolerance =
    ROUNDING * (Math.abs(scale) * Math.max(1, Math.abs(standard[high]!)) + Math.abs(location));
  const agrees = standard.every((x, i) => Math.abs(location + scale * x - values[i]!) <= 4 * tolerance);
  if (!agrees) return undefined;
  return { distribution, location: tidy(location, scale), scale: tidy(scale, location) };
}

function standardDraw(
  tf: TensorFlow,
  distribution: Distribution,
  seed: number,
  shape: readonly number[],
): Float32Array {
  const draw = (): Tensor => {
    switch (distribution) {
      case 'randomUniform':
        return tf.randomUniform([...shape], 0, 1, 'float32', seed);
      case 'randomNormal':
        return tf.randomNormal([...shape], 0, 1, 'float32', seed);
      case 'truncatedNormal':
        return tf.truncatedNormal([...shape], 0, 1, 'float32', seed);
    }
  };
  return tf.tidy(() => draw().dataSync<'float32'>());
}

function argBest(values: Float32Array, isBetter: (a: number, b: number) => boolean): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (isBetter(values[i]!, values[best]!)) best = i;
  return best;
}

/** Rounds away what float32 cannot have meant: 0.30000001 is 0.3, and 1e-9 beside 1 is 0. */
function tidy(value: number, other: number): number {
  if (Math.abs(value) <= 4 * ROUNDING * Math.abs(other)) return 0;
  const short = Number(value.toPrecision(6));
  return Math.abs(short - value) <= 4 * ROUNDING * (Math.abs(value) + Math.abs(other)) ? short : value;
}
