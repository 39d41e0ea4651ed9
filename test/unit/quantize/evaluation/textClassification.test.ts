import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/math/random';
import {
  classificationAccuracy,
  fitClassifier,
  halves,
  meanCosine,
} from '../../../../src/quantize/evaluation/textClassification';

const WIDTH = 8;

/** Two clouds of unit vectors around opposite directions. */
function clouds(seed: number, count: number) {
  const random = new Random(seed);
  const labels = Uint8Array.from({ length: count }, () => random.integer(2));
  const embeddings = new Float32Array(count * WIDTH);
  for (let row = 0; row < count; row++) {
    const vector = Array.from({ length: WIDTH }, () => 0.3 * random.normal());
    const spam = labels[row] === 1;
    vector[0]! += spam ? 1 : -1;
    const norm = Math.hypot(...vector);
    embeddings.set(
      vector.map((x) => x / norm),
      row * WIDTH,
    );
  }
  return { embeddings, labels };
}

describe('classification of embeddings', () => {
  it('splits into two halves that hold every row once', () => {
    const data = clouds(1, 11);
    const [even, odd] = halves(data);
    expect(even.labels).toHaveLength(6);
    expect(odd.labels).toHaveLength(5);
    expect(Array.from(odd.embeddings.subarray(0, WIDTH))).toEqual(
      Array.from(data.embeddings.subarray(WIDTH, 2 * WIDTH)),
    );
  });

  it('tells clouds apart that it has not seen, and falls to chance when the embeddings are noise', () => {
    const [fit, test] = halves(clouds(2, 400));
    const classifier = fitClassifier(fit);
    expect(classificationAccuracy(classifier, test)).toBeGreaterThan(0.95);
    const random = new Random(3);
    const noise = { ...test, embeddings: test.embeddings.map(() => random.normal()) };
    expect(Math.abs(classificationAccuracy(classifier, noise) - 0.5)).toBeLessThan(0.15);
  });
});

describe('meanCosine', () => {
  it('is 1 for scaled copies, −1 for opposites, and the mean in between', () => {
    const { embeddings } = clouds(4, 10);
    expect(meanCosine(embeddings, embeddings.map((x) => 3 * x), WIDTH)).toBeCloseTo(1, 6); // prettier-ignore
    expect(meanCosine(embeddings, embeddings.map((x) => -x), WIDTH)).toBeCloseTo(-1, 6); // prettier-ignore
    const half = embeddings.map((x, i) => (i < embeddings.length / 2 ? x : -x));
    expect(meanCosine(embeddings, half, WIDTH)).toBeCloseTo(0, 6);
  });
});
