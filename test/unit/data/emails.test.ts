import { describe, expect, it } from 'vitest';
import { emails, loadEmails } from '../../../src/data/emails';
import { temporaryFolder } from '../modelfile/temporaryFolder';

describe('emails', () => {
  it('is plain data', () => {
    expect(emails({ context: 8, count: 10 })).toEqual({ source: 'emails', context: 8, count: 10 });
  });

  it('gives the bytes of real messages, half of them spam, to train and to test', async () => {
    const { train, test } = await loadEmails({ context: 64, count: 200 }, __dirname);
    expect([train.size, test!.size]).toEqual([100, 100]);
    const labels = [...train.y.values, ...test!.y.values];
    expect(labels.filter((label) => label === 1)).toHaveLength(100);
    expect(train.y.classes).toBe(2);
    for (const { x, size } of [train, test!]) {
      expect(x.shape).toEqual([64]);
      expect(x.values.length).toBe(64 * size);
      expect(x.values.every((byte) => byte >= 32 && byte < 256)).toBe(true);
    }
    const first = String.fromCharCode(...train.x.values.subarray(0, 64));
    expect(first.trim().length).toBeGreaterThan(5);
  });

  it('draws by its seed', async () => {
    const load = async (seed: number) =>
      (await loadEmails({ context: 16, count: 20, seed }, __dirname)).train;
    expect((await load(1)).x.values).toEqual((await load(1)).x.values);
    expect((await load(1)).x.values).not.toEqual((await load(2)).x.values);
  });

  it('says where the corpus comes from when it is missing', async () => {
    await expect(loadEmails({ context: 16, count: 20 }, await temporaryFolder())).rejects.toMatchObject({
      code: 'spam-assassin-not-found',
      remedy: expect.stringContaining('npm install') as string,
    });
  });
});
