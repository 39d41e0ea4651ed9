import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunView } from '../../src/protocol/messages';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { instrumentedRun, trainRun } from './page/runs';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(run: RunView = instrumentedRun(), options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('run', options);
  await panel.send({ type: 'snapshot', run });
  await panel.page.getByRole('tab', { name: 'Gradients' }).click();
  await frames(panel.page);
  return panel;
}

const tab = () => panel.page.locator('#view-gradients');
const heading = (name: string) => panel.page.getByRole('heading', { level: 3, name, exact: true });

describe('the tab Gradients', () => {
  test('says what to do where nothing is measured', async () => {
    await open(trainRun());
    await tab().getByText('With instruments: ‘standard’').waitFor();
    await expect.poll(() => tab().locator('.chart').filter({ visible: true }).count()).toBe(0);
  });

  test('begins with verdicts: words, what to do, evidence, and the line that they concern', async () => {
    await open();
    const verdict = tab().getByRole('list', { name: 'Verdicts' }).getByRole('listitem');
    const text = await verdict.innerText();
    expect(text).toMatch(/The step is 1\.\d\d times what the curvature allows\./);
    expect(text).toContain('Lower the learning rate');
    expect(text).toMatch(
      /Largest curvature λmax \S+ against 76\.0; Stability margin 0\.\d+ against 1\. At step 1,000\./,
    );
    await verdict.getByRole('button', { name: 'Show optimizer.learningRate in the experiment' }).click();
    await expect
      .poll(() => panel.posted())
      .toContainEqual({ type: 'showField', field: 'optimizer.learningRate' });
  });

  test('draws a chart a group, with guides, the scale that is said, and what each number is', async () => {
    await open();
    const titles = await tab().getByRole('heading', { level: 3 }).allInnerTexts();
    expect(titles.slice(0, 6)).toEqual([
      'Gradient norm',
      'Gradient variance',
      'Tests of the batch size',
      'Gradient noise scale',
      'Step position',
      'Update over weights',
    ]);
    const tests = tab().getByRole('application', { name: /^Line chart of Norm test, Inner-product test/ });
    await expect.poll(() => tests.getAttribute('aria-label')).toContain('noise = signal');
    const scale = tab().getByRole('radiogroup', { name: 'Vertical scale of Gradient variance' });
    await expect.poll(() => scale.getByRole('radio', { name: 'Log' }).isChecked()).toBe(true);
    const hover = await heading('Gradient variance').getAttribute('title');
    expect(hover).toContain('the summed variance of one example’s gradient');
    expect(hover).toContain('Cost: 4 % of the run’s time');
    await expect
      .poll(() => heading('Gradient noise scale').getAttribute('title'))
      .toContain('Unit: examples.');
    await panel.screenshot('gradients-light');
  });

  test('says in sight what costs more than a tenth', async () => {
    const run = instrumentedRun();
    const costs = run.instruments!.costs!.map((cost) => ({ ...cost, share: cost.share * 3 }));
    await open({ ...run, instruments: { ...run.instruments, costs } });
    const remark = (name: string) =>
      tab()
        .locator('.chart', { has: heading(name) })
        .locator('.remark')
        .first();
    await expect.poll(() => remark('Gradient variance').innerText()).toBe('costs 12 % of the run’s time');
    await expect.poll(() => remark('Step position').innerText()).toBe('');
    const rows = tab().getByRole('region', { name: 'Table: What measuring costs' }).locator('tbody tr');
    await expect
      .poll(() => rows.first().innerText())
      .toMatch(/^curvature.*48 %.*Largest curvature λmax, Stability margin/s);
    await expect.poll(() => rows.last().innerText()).toMatch(/63 %\s*$/);
  });

  test('shows a quantity over all layers, and one layer by its course, histogram and plane', async () => {
    const { page } = await open();
    const strip = tab().getByRole('application', { name: /^Map of mean over step and layer/ });
    await expect.poll(() => strip.getAttribute('aria-label')).toContain('100 by 4 cells');
    await strip.focus();
    await page.keyboard.press('Home');
    const live = tab()
      .locator('.chart', { has: heading('All layers') })
      .getByRole('status');
    await expect.poll(() => live.innerText()).toMatch(/^step 15, layer conv_1: mean \S+\.$/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await frames(page);
    await expect.poll(courseLegend).toMatch(/conv_2/);
    const bars = tab().getByRole('application', { name: /^Bar chart of count/ });
    await expect.poll(() => bars.count()).toBe(1);
    await tab().getByRole('button', { name: 'Save the data of Gradients of the layer as CSV' }).click();
    const saved = await panel.newest('saveText');
    expect(saved['suggestedName']).toBe('gradients-of-the-layer.csv');
    expect((saved['text'] as string).split('\n')).toHaveLength(42);
    const plane = tab().getByRole('application', { name: /^Map of weights over weight/ });
    await expect.poll(() => plane.getAttribute('aria-label')).toContain('40 by 40 cells');
    await panel.screenshot('gradients-layer-light');
  });

  test('draws the histograms of the layer over time, a ridge a reading', async () => {
    const { page } = await open(instrumentedRun({ steps: 3000 }));
    const ridges = tab().getByRole('application', { name: /^Ridge plot of/ });
    await expect.poll(() => ridges.count()).toBe(1);
    const label = () => ridges.getAttribute('aria-label');
    await expect.poll(label).toMatch(/^Ridge plot of 24 histograms over value, from step 50 to 3,000\./);
    await ridges.focus();
    await page.keyboard.press('Home');
    const chart = tab().locator('.chart', { has: heading('Gradients of the layer over time') });
    await expect
      .poll(() => chart.getByRole('status').innerText())
      .toMatch(/^step 3,000, −0\.00400 to −0\.00380: \d+\.$/);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => chart.getByRole('status').innerText()).toMatch(/^step 2,\d{3}, /);
    await ridges.scrollIntoViewIfNeeded();
    await panel.screenshot('gradients-ridges-light');
    await chart
      .getByRole('button', { name: 'Save the data of Gradients of the layer over time as CSV' })
      .click();
    const csv = (await panel.newest('saveText'))['text'] as string;
    expect(csv.trim().split('\n')).toHaveLength(1 + 24 * 40);
    // A new reading takes the place of one in a crowded part.
    const { summary, instruments } = instrumentedRun({ steps: 3050, seed: 1 });
    const latest = instruments!.histograms!.filter(({ step }) => step === 3050);
    const increment = { type: 'increment', summary, series: [], tensors: [], messages: [] };
    await panel.send({ ...increment, instruments: { histograms: latest } });
    await frames(page);
    await expect.poll(label).toMatch(/^Ridge plot of 24 histograms over value, from step 50 to 3,050\./);
    await chart.getByRole('button', { name: 'Show Gradients of the layer over time as a table' }).click();
    const rows = chart.getByRole('region').locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(24);
    // A thousand normal gradients: nine in ten lie about zero, to both sides.
    const cells = (await rows.last().innerText())
      .split('\t')
      .map((cell) => cell.replace('−', '-').replace(',', ''));
    expect(Number(cells[1])).toBe(1000);
    expect(Number(cells[2])).toBeLessThan(-1e-3);
    expect(Number(cells[4])).toBeGreaterThan(1e-3);
  });

  test('keeps the layer and the quantity that were picked', async () => {
    const choice = { quantity: 'deadUnits', layer: 'dense_1' };
    await open(instrumentedRun(), { state: { gradients: { stack: stackView(), choice } } });
    await tab()
      .getByRole('application', { name: /^Line chart of dense_1/ })
      .waitFor();
    await tab().getByRole('button', { name: 'Show Course of the layer as a table' }).click();
    const rows = tab().getByRole('region', { name: 'Table: Course of the layer' }).locator('tbody tr');
    await expect.poll(() => rows.first().innerText()).toMatch(/0\.40*$/);
  });

  test('grows with the run', async () => {
    const { page } = await open(instrumentedRun({ steps: 500 }));
    const label = () =>
      tab()
        .getByRole('application', { name: /^Line chart of Gradient variance/ })
        .getAttribute('aria-label');
    await expect.poll(label).toContain('50 values');
    const { summary, instruments } = instrumentedRun({ seed: 2, steps: 30 });
    await panel.send({ type: 'increment', summary, series: [], tensors: [], messages: [], instruments });
    await frames(page);
    await expect.poll(label).toContain('53 values');
  });

  test.each(THEME_KINDS)('in %s has no serious finding', async (theme) => {
    await open(instrumentedRun(), { theme });
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
    if (theme !== 'vscode-light') await panel.screenshot(`gradients-${theme.replace('vscode-', '')}`);
  });

  test('fits a narrow column', async () => {
    const { page } = await open(instrumentedRun(), { width: 400 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await panel.screenshot('gradients-narrow');
  });
});

async function courseLegend(): Promise<string> {
  return tab()
    .locator('.chart', { has: heading('Course of the layer') })
    .locator('.legend')
    .innerText();
}

function stackView() {
  return { xAxis: 'step', smoothing: 0, charts: {} };
}
