import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inSharedMemory } from '../../../../src/data/sharedMemory';
import { Prefetcher } from '../../../../src/train/batches/prefetcher';
import type { Rows } from '../../../../src/train/batches/rows';
import { assembled, noiseImages, SETTINGS } from './noiseImages';

describe('Prefetcher', () => {
  it('has the rows of every step that is wanted, to the bit, those of a smaller last batch among them', async () => {
    const data = inSharedMemory(noiseImages());
    const prefetcher = Prefetcher.of(data.train, SETTINGS, 0)!;
    const rowsOf = async (step: number): Promise<readonly Rows[]> => {
      for (;;) {
        const rows = prefetcher.take(step);
        if (rows !== undefined) return rows;
        await setTimeout(2);
      }
    };
    try {
      for (const step of [1, 2, 3, 4, 5, 11]) {
        prefetcher.want(step);
        expect(await rowsOf(step)).toEqual(assembled(data, step));
        expect(prefetcher.take(step)).toBeUndefined();
      }
      // What was wanted and not taken is passed over.
      for (const step of [12, 13]) prefetcher.want(step);
      expect(await rowsOf(13)).toEqual(assembled(data, 13));
    } finally {
      prefetcher.dispose();
    }
  });

  it('is there for large batches of data in shared memory alone', () => {
    const small = { ...SETTINGS, batchSize: 4 };
    expect(Prefetcher.of(inSharedMemory(noiseImages()).train, small, 0)).toBeUndefined();
    expect(Prefetcher.of(noiseImages().train, SETTINGS, 0)).toBeUndefined();
  });
});

describe('inSharedMemory', () => {
  it('keeps what training examples are, and which column is which', () => {
    const [plain, shared] = [noiseImages(), inSharedMemory(noiseImages())];
    expect(shared).toEqual(plain);
    expect(shared.train.y).toBe(shared.train.targets!['kind']);
  });
});
