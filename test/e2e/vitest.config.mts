import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

export default defineConfig({
  root,
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // One VS Code and one Chromium at a time are enough for two cores.
    fileParallelism: false,
    // What is looked for may take long on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
