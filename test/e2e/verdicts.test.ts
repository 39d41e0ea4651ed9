import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from './editor/accessibility';
import { useEditor } from './editor/fixture';
import { commandLine } from './editor/finishedRuns';
import { saveScreenshot } from './editor/screenshots';
import { chooseTheme, THEMES } from './editor/themes';
import { webview } from './editor/webviews';
import { openSideBar, rowsOf, runCommand } from './editor/workbench';

/** So long a step that the run complains of it at once, and everything measured now and again. */
const OPTIMIZER = "optimizer: { name: 'sgd', learningRate: 2 },";
const INSTRUMENTS = "instruments: { preset: 'full', every: 20 },";

const editor = useEditor({
  prepare: async (workspace) => {
    const file = path.join(workspace, 'mnist-mlp.ts');
    const source = await readFile(file, 'utf8');
    await writeFile(file, source.replace(/optimizer: .*/, `${OPTIMIZER}\n  ${INSTRUMENTS}`));
    await commandLine(workspace, 'run', file, '--max-steps', '200');
  },
});
beforeAll(() => openSideBar(editor().page));

test('a verdict leads to the line of code that it concerns', async () => {
  const { page, workspace } = editor();
  const panel = await openRun();
  await panel.getByRole('tab', { name: 'Gradients' }).click();
  const link = panel.getByRole('button', { name: 'Show optimizer.learningRate in the experiment' });
  await link.first().click();

  await page.locator('.tab.active', { hasText: 'mnist-mlp.ts' }).waitFor();
  const lines = (await readFile(path.join(workspace, 'mnist-mlp.ts'), 'utf8')).split('\n');
  const line = 1 + lines.findIndex((text) => text.includes(OPTIMIZER));
  const status = page.locator('#status\\.editor\\.selection');
  await expect.poll(() => status.innerText()).toMatch(new RegExp(`^Ln ${line}, `));
  // There the same is said below the text.
  await page.locator('.squiggly-warning, .squiggly-info').first().waitFor();
  await saveScreenshot(page, 'verdict-in-code');
});

describe.each(THEMES)('$kind', (theme) => {
  test('the tabs Gradients and Step of a run that measured everything', async () => {
    const { page } = editor();
    await chooseTheme(page, theme);
    const panel = await openRun();
    await panel.getByRole('tab', { name: 'Gradients' }).click();
    await panel.getByRole('list', { name: 'Verdicts' }).waitFor();
    await saveScreenshot(page, `${theme.kind}-gradients`);
    expect(await seriousFindings(panel)).toEqual([]);
    await panel.getByRole('tab', { name: 'Step' }).click();
    const chart = panel.getByRole('application', { name: /^Line chart of Splitting consistency/ });
    await chart.scrollIntoViewIfNeeded();
    await saveScreenshot(page, `${theme.kind}-step`);
    expect(await seriousFindings(panel)).toEqual([]);
  });
});

test('no content policy was violated', () => {
  expect(editor().violations).toEqual([]);
});

/** Opens the panel of the run alone. */
async function openRun() {
  const { page } = editor();
  await runCommand(page, 'View: Close All Editors');
  await rowsOf(page, 'Runs').filter({ hasText: 'MNIST' }).first().click();
  return webview(page, 'run');
}
