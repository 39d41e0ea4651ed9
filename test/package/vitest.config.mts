import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

export default defineConfig({
  root,
  test: {
    include: ['test/package/**/*.test.ts'],
    // What is looked for may take long on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 180_000,
    // Making the package may build the native binding first.
    hookTimeout: 600_000,
  },
});
