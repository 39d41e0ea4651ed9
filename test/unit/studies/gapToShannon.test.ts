import { describe, expect, it } from 'vitest';
import { rateDistortionCases } from '../../../src/quantize/rateDistortion';
import { quickRun } from './quickRun';

describe('codes/gap-to-shannon', () => {
  it('measures every method at every offered bits, on sources whose limits it knows', async () => {
    const { rows } = await quickRun('codes/gap-to-shannon');
    const sources = ['normal rows', 'Laplace rows', 'Student-t4 rows', 'outlier channels'];
    const cases = rateDistortionCases(undefined, [2, 4]).map(({ method, bits }) => `${method}, ${bits} bits`);
    expect([...rows.keys()]).toEqual(sources.flatMap((source) => cases.map((one) => `${source}, ${one}`)));
    const ours = (what: string) => rows.get(what)!.ours as number;
    // A limit is a limit, up to what chance makes of 131072 numbers.
    for (const { ours: gap } of rows.values()) expect(gap).toBeGreaterThan(-0.1);
    for (const bits of [2, 4]) {
      expect(ours(`normal rows, dependent, ${bits} bits`)).toBeLessThan(0.4);
      // With the structure of a source the code comes near the limit of the source itself.
      expect(ours(`outlier channels, dependent, ${bits} bits`)).toBeLessThan(2);
      for (const source of sources) {
        expect(ours(`${source}, dependent, ${bits} bits`)).toBeLessThan(ours(`${source}, rtn, ${bits} bits`));
      }
    }
    const { place, note } = rows.get('normal rows, nf4, 4 bits')!;
    expect(place).toMatchObject({ curve: 'nf4' });
    expect(place!.bits).toBeGreaterThan(4.24);
    expect(place!.bits).toBeLessThan(4.4);
    expect(note).toContain('true bits');
  }, 180_000);
});
