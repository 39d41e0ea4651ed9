// Runs Vitest in a process of its own and counts its results.
import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { one } from './counts.mjs';
import { root, testResults } from './paths.mjs';

const require = createRequire(import.meta.url);

/**
 * Runs the tests of one Vitest configuration; its own report goes to this terminal.
 * @param {string} name of the machine-readable results under `test-results/`
 * @param {string} config path of the configuration, relative to the repository
 * @param {readonly string[]} [filters] names of test files
 * @returns {Promise<import('./counts.mjs').Counts>} one failure where it ended without results
 */
export async function runVitest(name, config, filters = []) {
  const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const results = path.join(testResults, `${name}.json`);
  await rm(results, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      vitest,
      'run',
      '--config',
      config,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
      ...filters,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  let report;
  try {
    report = JSON.parse(await readFile(results, 'utf8'));
  } catch {
    return one(false);
  }
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  // A file that cannot be loaded, or an error outside a test, fails no test but the run.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
