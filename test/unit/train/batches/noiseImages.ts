import type { DataSet } from '../../../../src/data/dataSet';
import { Random } from '../../../../src/math/random';
import { BatchOrder, type BatchSettings } from '../../../../src/train/batches/order';
import { assembleRows, type Rows } from '../../../../src/train/batches/rows';

export const SIDE = 64;
export const CLASSES = 3;
/** Three batches an epoch, the last of them smaller. */
const SIZE = 20;
export const SETTINGS: BatchSettings = { seed: 4, batchSize: 8, augment: { crop: 2, flip: true } };

/** Images with a class and a height each. */
export function noiseImages(): DataSet {
  const random = new Random(2);
  const values = Uint8Array.from({ length: SIZE * SIDE * SIDE }, () => random.integer(256));
  const labels = Uint8Array.from({ length: SIZE }, () => random.integer(CLASSES));
  const heights = Int32Array.from({ length: SIZE }, () => random.integer(1000));
  const y = { values: labels, shape: [], classes: CLASSES };
  return {
    name: 'noise',
    train: {
      size: SIZE,
      x: { values, shape: [SIDE, SIDE, 1], scale: 1 / 255 },
      y,
      targets: { kind: y, height: { values: heights, shape: [] } },
    },
  };
}

/** The rows of a step, assembled here and now. */
export function assembled({ train }: DataSet, step: number): Rows[] {
  return assembleRows(train, new BatchOrder(SIZE, SETTINGS).contentsOf(step));
}
