// How many tests passed, failed, were skipped.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
export const NONE = { passed: 0, failed: 0, skipped: 0 };

/**
 * @param {...Counts} counts
 * @returns {Counts}
 */
export function sum(...counts) {
  return counts.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
    }),
    NONE,
  );
}

/** The closing line of a stage, and of `npm test`. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A check that is one test. */
export function one(passed) {
  return { ...NONE, [passed ? 'passed' : 'failed']: 1 };
}
