import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { inSharedMemory } from '../../../../src/data/sharedMemory';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import type { EngineId } from '../../../../src/protocol/engine';
import type { Batch } from '../../../../src/train/batches/batch';
import { BatchSource } from '../../../../src/train/batches/batchSource';
import { Prefetcher } from '../../../../src/train/batches/prefetcher';
import { assembled, CLASSES, noiseImages, SETTINGS, SIDE } from './noiseImages';

/** Batches that a thread has assembled, on one engine. */
export function describeBatchesOn(id: EngineId): void {
  describe(`BatchSource on ${id}`, () => {
    let tf: TensorFlow;
    beforeAll(async () => {
      ({ tf } = await loadEngine(id));
    });
    afterEach(() => void vi.restoreAllMocks());

    it('gives the same batches with a thread and without, which keep their numbers', async () => {
      const data = inSharedMemory(noiseImages());
      const taken = vi.spyOn(Prefetcher.prototype, 'take');
      const tensors = tf.memory().numTensors;
      const source = new BatchSource(tf, data.train, SETTINGS);
      const batches: Batch[] = [];
      try {
        for (let step = 0; step < 7; step++) {
          batches.push(source.next(step));
          await setTimeout(60);
        }
        expect(taken.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(2);
        batches.forEach(({ size, x, y }, step) => {
          const expected = assembled(data, step);
          expect(x.shape).toEqual([size, SIDE, SIDE, 1]);
          expect(y.map(({ shape, dtype }) => [shape, dtype])).toEqual([
            [[size, CLASSES], 'float32'],
            [[size, 1], 'int32'],
          ]);
          [x, ...y].forEach((tensor, i) => expect(tensor.dataSync()).toEqual(expected[i]));
        });
      } finally {
        source.dispose();
        for (const { x, y } of batches) tf.dispose([x, ...y]);
      }
      expect(tf.memory().numTensors).toBe(tensors);
    });
  });
}
