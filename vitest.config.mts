import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { assemblyVitePlugin } from './scripts/lib/assembly.mjs';

const root = import.meta.dirname;

export default defineConfig({
  plugins: [assemblyVitePlugin],
  resolve: { alias: { weightroom: path.join(root, 'src/index.ts') } },
  test: {
    include: ['test/unit/**/*.test.ts', 'test/webview/**/*.test.ts'],
    // Engines, the worker and the command line run as the bundles that users get.
    env: { WEIGHTROOM_DIST: process.env['WEIGHTROOM_DIST'] ?? path.join(root, 'dist') },
    pool: 'forks',
    maxWorkers: 2,
    // What is looked for may take long on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
