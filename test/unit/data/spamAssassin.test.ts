import { describe, expect, it } from 'vitest';
import { essence, sampleSpamAssassin } from '../../../src/data/spamAssassin';
import { temporaryFolder } from '../modelfile/temporaryFolder';

describe('sampleSpamAssassin', () => {
  const sample = { count: 60, seed: 3, length: 200 };

  it('draws both classes equally, mixed, without repetition', async () => {
    const emails = await sampleSpamAssassin(sample, __dirname);
    expect(emails).toHaveLength(60);
    expect(emails.filter((email) => email.spam)).toHaveLength(30);
    expect(new Set(emails.map(({ id }) => id)).size).toBe(60);
    expect(emails.slice(0, 30).some((email) => email.spam)).toBe(true);
    expect(emails.slice(0, 30).every((email) => email.spam)).toBe(false);
    for (const { id, spam, text } of emails) {
      expect(id.startsWith('spam-')).toBe(spam);
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(200);
    }
  });

  it('depends on the seed alone', async () => {
    const [first, again, other] = await Promise.all([
      sampleSpamAssassin(sample, __dirname),
      sampleSpamAssassin(sample, __dirname),
      sampleSpamAssassin({ ...sample, seed: 4 }, __dirname),
    ]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('says what to do where the corpus is missing or too small', async () => {
    await expect(sampleSpamAssassin(sample, await temporaryFolder())).rejects.toMatchObject({
      code: 'spam-assassin-not-found',
    });
    await expect(sampleSpamAssassin({ ...sample, count: 100_000 }, __dirname)).rejects.toMatchObject({
      code: 'sample-too-large',
    });
  });
});

describe('essence', () => {
  it('joins subject and body, unfolds, and drops other headers and tags', () => {
    const message =
      'From: a@b.c\nSubject: A long\n\tsubject\nX-Subject: no\n\n<html><style>p {\n}</style><p>Dear\n  friend</p></html>\n';
    expect(essence(message, 100)).toBe('A long subject Dear friend');
    expect(essence(message, 6)).toBe('A long');
  });

  it('manages without a subject, and without a body', () => {
    expect(essence('To: me\r\n\r\nHello\r\n', 100)).toBe('Hello');
    expect(essence('Subject: only this', 100)).toBe('only this');
  });
});
