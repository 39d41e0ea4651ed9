import { expect, it } from 'vitest';
import { sentences } from '../../../src/host/sentences';

it.each([
  ['The file is gone.', 'Look elsewhere.', 'The file is gone. Look elsewhere.'],
  ['tf is not defined', 'Correct the experiment.', 'tf is not defined. Correct the experiment.'],
  ['tf is not defined', '', 'tf is not defined'],
])('“%s” and “%s”', (message, remedy, text) => expect(sentences(message, remedy)).toBe(text));
