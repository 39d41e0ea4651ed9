import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

/** The pictures of the README, see `scripts/readmePictures.mjs`. */
export default defineConfig({
  root,
  test: { include: ['test/pictures/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 180_000 },
});
