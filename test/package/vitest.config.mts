import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

export default defineConfig({
  root,
  test: {
    include: ['test/package/**/*.test.ts'],
    testTimeout: 180_000,
    // Making the package may build the native binding first.
    hookTimeout: 600_000,
  },
});
