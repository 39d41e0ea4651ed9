// Where things lie in a checkout. The checkout may lie anywhere.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const dist = path.join(root, 'dist');
/** Downloads and logs; ignored by git, may be deleted at any time. */
export const cache = path.join(root, '.cache');
/** Screenshots and logs of failed tests; ignored by git. */
export const testResults = path.join(root, 'test-results');
