import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame } from 'playwright-core';

const require = createRequire(import.meta.url);

/**
 * The serious and critical findings of axe in one of our frames, a line each. The debugger puts axe
 * there, so the page's policy stays as it is.
 */
export async function seriousFindings(frame: Frame): Promise<string[]> {
  await frame.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations, passes } = await frame.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ['violations', 'passes'] })`,
  );
  if (passes.length === 0) throw new Error('axe found nothing to check.');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')}. ${failureSummary ?? ''}`,
      ),
    );
}
