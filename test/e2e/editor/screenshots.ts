import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { testResults } from '../../../scripts/lib/paths.mjs';

/** Saves what is on the screen as `test-results/<name>.png`. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(testResults, { recursive: true });
  await page.screenshot({ path: path.join(testResults, `${name}.png`) });
}
