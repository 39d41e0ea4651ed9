import type { Page } from 'playwright-core';
import { acceptQuestion } from './workbench';

/** What is asked of a method that takes any number of bits. */
export const BITS_OR_SIZE = 'Bits per weight (type any number, as 2.5) or the size of the file (as 3 MB)';

/** Enter all the way: what a person gets who chooses nothing. */
export async function acceptSuggestions(page: Page): Promise<void> {
  for (const question of ['Method', BITS_OR_SIZE, 'How long to search', 'What to write']) {
    await acceptQuestion(page, question);
  }
}
