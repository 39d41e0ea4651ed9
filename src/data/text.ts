import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/userError';
import type { DataSet, Split } from './dataSet';

/** Tokens are the bytes of the UTF-8 text. */
export const TEXT_TOKENS = 256;

export interface TextOptions {
  /** The text, from the experiment's own folder. */
  readonly file: string;
  /** Tokens that the model sees at once. */
  readonly context: number;
  /** Share of the text, at its end, that is kept for testing; 0.1 where absent. */
  readonly testShare?: number;
}

export interface TextSource extends TextOptions {
  readonly source: 'text';
}

/**
 * A text to predict token by token. An example is a stretch of `context` tokens, and its target the same
 * stretch one token later, both int32 `[context]`; stretches follow each other without overlap.
 */
export function text(options: TextOptions): TextSource {
  return { source: 'text', ...options };
}

/**
 * @param experimentFolder absolute; the file's path counts from it
 * @throws UserError `text-not-found`, `text-too-short`, `data-malformed`
 */
export async function loadText(
  { file, context, testShare = 0.1 }: TextOptions,
  experimentFolder: string,
): Promise<DataSet> {
  if (!Number.isInteger(context) || context < 1 || !(testShare >= 0 && testShare < 1)) {
    throw new UserError(
      'data-malformed',
      `text({ context: ${context}, testShare: ${testShare} }) makes no examples.`,
      'Give a whole number of tokens as context and a share from 0 to 1 for testing.',
    );
  }
  const tokens = await readTokens(path.resolve(experimentFolder, file));
  const testTokens = Math.floor(testShare * tokens.length);
  const train = stretches(tokens.subarray(0, tokens.length - testTokens), context);
  const test = stretches(tokens.subarray(tokens.length - testTokens), context);
  if (train.size === 0 || (testShare > 0 && test.size === 0)) {
    throw new UserError(
      'text-too-short',
      `${file} has ${tokens.length} bytes, too few for stretches of ${context} to train and test on.`,
      'Take a longer text or a shorter context.',
    );
  }
  return { name: path.basename(file), train, ...(test.size > 0 && { test }) };
}

async function readTokens(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UserError(
      'text-not-found',
      `The text ${file} cannot be read.`,
      'Name a text file: text({ file: "book.txt", context: 64 }).',
      { cause },
    );
  }
}

function stretches(tokens: Uint8Array, context: number): Split {
  const size = Math.max(0, Math.floor((tokens.length - 1) / context));
  const length = size * context;
  return {
    size,
    x: { values: Int32Array.from(tokens.subarray(0, length)), shape: [context] },
    y: { values: Int32Array.from(tokens.subarray(1, length + 1)), shape: [context] },
  };
}
