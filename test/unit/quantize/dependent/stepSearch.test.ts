import { describe, expect, it } from 'vitest';
import { codedBytes, planSteps } from '../../../../src/quantize/dependent/stepSearch';
import type { PlannedTensor } from '../../../../src/quantize/method';
import { quantizeOptions } from '../methodContract';
import { normalSample } from '../samples';

const SHAPE = [256, 512];
const SIZE = 256 * 512;

function tensor(name: string, scale: number, bitsToSpare = 0): PlannedTensor {
  const values = normalSample(SIZE, name.length).map((value) => scale * value);
  return {
    entry: { name, dtype: 'F32', shape: SHAPE, size: SIZE, bytes: 4 * SIZE },
    bitsToSpare,
    read: () => Promise.resolve(values),
  };
}

const options = (bits: number) => quantizeOptions({ bits, groupSize: 128, preset: 'fast' });

/** Steps and true bits of tensors that are planned together. */
async function planned(tensors: readonly PlannedTensor[], bits: number) {
  const plans = await planSteps(tensors, options(bits));
  return Promise.all(
    tensors.map(async (one) => {
      const plan = plans.get(one.entry.name)!;
      return { step: plan.step, bits: (8 * (await codedBytes(one, plan, options(bits)))) / SIZE };
    }),
  );
}

describe('the steps of dependent without data', () => {
  it('grow with the square root of the size of the weights', async () => {
    for (const bits of [2.5, 4]) {
      const [small, large] = await planned([tensor('small', 0.01), tensor('larger', 0.04)], bits);
      expect(large!.step / small!.step).toBeCloseTo(2, 2);
      expect(large!.bits - small!.bits).toBeCloseTo(1, 1);
      expect((large!.bits + small!.bits) / 2).toBeLessThanOrEqual(bits);
      expect((large!.bits + small!.bits) / 2).toBeGreaterThan(bits - 0.004);
    }
  });

  it('are twice as large for a bit to spare', async () => {
    const [one, other] = await planned([tensor('one', 1), tensor('other', 1, 1)], 3);
    expect(other!.step / one!.step).toBeCloseTo(2, 1);
    expect(one!.bits - other!.bits).toBeCloseTo(1, 1);
  });

  it('leave one and a half bits to a tensor that could spare more, where there are more', async () => {
    const [rich, poor] = await planned([tensor('rich', 1), tensor('poor', 1, 4)], 2.5);
    expect(poor!.bits).toBeCloseTo(1.5, 1);
    expect(rich!.bits).toBeCloseTo(3.5, 1);
    const [, few] = await planned([tensor('rich', 1), tensor('poor', 1, 4)], 1.5);
    expect(few!.bits).toBeCloseTo(1.25, 1);
  });
});
