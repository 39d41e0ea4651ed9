import { expect, it } from 'vitest';
import { metricKind } from '../../../src/protocol/metricKind';

it.each([
  ['trainLoss', 'loss'],
  ['testLossLeft', 'loss'],
  ['testLossAccuracy', 'loss'],
  ['trainLeftLoss', 'loss'],
  ['testAccuracy', 'accuracy'],
  ['testAccuracyRightEye', 'accuracy'],
  ['testLossless', undefined],
  ['testAbsoluteErrorLeft', undefined],
] as const)('%s is of the kind %s', (metric, kind) => {
  expect(metricKind(metric)).toBe(kind);
});
