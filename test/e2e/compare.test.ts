import { beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from './editor/accessibility';
import { useEditor } from './editor/fixture';
import { commandLine } from './editor/finishedRuns';
import { saveScreenshot } from './editor/screenshots';
import { chooseTheme, THEMES } from './editor/themes';
import { webview } from './editor/webviews';
import { chooseInMenuOf, openSideBar, rowsOf, runCommand } from './editor/workbench';

const RATES = ['0.001', '0.01', '0.1'];

const editor = useEditor({
  prepare: async (workspace) => {
    await commandLine(workspace, 'run', 'mnist-mlp.ts', '--max-steps', '40');
    const grid = `optimizer.learningRate=${RATES.join(',')}`;
    await commandLine(workspace, 'sweep', 'mnist-mlp.ts', '--grid', grid, '--max-steps', '40');
  },
});
const runs = () => rowsOf(editor().page, 'Runs');
const trial = (rate: string) => runs().filter({ hasText: new RegExp(`^learningRate ${rate}trainLoss`) });

beforeAll(async () => {
  await openSideBar(editor().page);
  await runs().nth(1).waitFor();
});

test('trials lie under their sweep, which is closed until it is opened', async () => {
  await expect.poll(() => runs().count()).toBe(2);
  const sweep = runs().filter({ hasText: 'sweep' });
  await sweep.locator('.monaco-tl-twistie').click();
  await expect.poll(() => runs().count()).toBe(2 + RATES.length);
  for (const rate of RATES) {
    await expect.poll(() => trial(rate).getAttribute('aria-level')).toBe('2');
  }
  await saveScreenshot(editor().page, 'sweep-in-runs');
});

test('runs that are selected together are compared, and no others', async () => {
  await trial('0.001').click();
  await trial('0.1').click({ modifiers: ['Control'] });
  await runs()
    .last()
    .click({ modifiers: ['Control'] });
  await chooseInMenuOf(runs().last(), 'Compare Runs');
  await editor().page.locator('.tab.active', { hasText: 'Compare 3 Runs' }).waitFor();
  await expect.poll(comparedRates).toEqual(['0.001', '0.1', '–']);
});

test('a reload brings the comparison back, with what was chosen in it', async () => {
  const before = await webview(editor().page, 'comparison');
  await before.getByText('Columns').click();
  await before.getByRole('checkbox', { name: 'Duration' }).click();
  await expect.poll(heads).not.toContain('Duration');
  await editor().reload();
  await editor().page.locator('.tab.active', { hasText: 'Compare 3 Runs' }).waitFor();
  await expect.poll(heads).not.toContain('Duration');
  await expect.poll(comparedRates).toEqual(['0.001', '0.1', '–']);
});

test('a sweep stands for its trials', async () => {
  const { page } = editor();
  await runCommand(page, 'View: Close All Editors');
  await chooseInMenuOf(runs().filter({ hasText: 'sweep' }), 'Compare Runs');
  await page.locator('.tab.active', { hasText: 'Compare 3 Runs' }).waitFor();
  await expect.poll(comparedRates).toEqual(['0.001', '0.01', '0.1']);
});

describe.each(THEMES)('$kind', (theme) => {
  test('the comparison', async () => {
    const { page } = editor();
    await chooseTheme(page, theme);
    const panel = await webview(page, 'comparison');
    await panel.getByRole('tab', { name: 'Convergence' }).click();
    await panel.locator('canvas').first().waitFor();
    await saveScreenshot(page, `${theme.kind}-comparison`);
    expect(await seriousFindings(panel)).toEqual([]);
  });
});

test('no content policy was violated', () => {
  expect(editor().violations).toEqual([]);
});

async function heads(): Promise<readonly string[]> {
  const panel = await webview(editor().page, 'comparison');
  return panel.locator('.run-table thead th').allInnerTexts();
}

/** The learning rates in the table of the comparison, sorted; a dash where a run was not given any. */
async function comparedRates(): Promise<readonly string[]> {
  const panel = await webview(editor().page, 'comparison');
  await panel.getByRole('tab', { name: 'Runs' }).click();
  await expect.poll(heads).toContain('optimizer.learningRate');
  const place = (await heads()).indexOf('optimizer.learningRate') + 1;
  const cells = panel.locator(`.run-table tbody tr > :nth-child(${place})`);
  await expect.poll(() => cells.count()).toBe(3);
  return (await cells.allInnerTexts()).map((text) => text.trim()).sort();
}
