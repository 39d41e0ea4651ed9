import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { criticalAlpha, optimalAlpha } from '../../src/math/dynamics/nagGs';
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

const NAG_GS = { alpha: 0.3, gamma: 1, mu: 0.5 };

async function open(run: RunView = instrumentedRun(), options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('run', options);
  await panel.send({ type: 'snapshot', run });
  await panel.page.getByRole('tab', { name: 'Step' }).click();
  await frames(panel.page);
  return panel;
}

const tab = () => panel.page.locator('#view-step');
const knob = (name: string) => tab().getByRole('slider', { name });
const explorer = () => tab().locator('.explorer');

describe('the tab Step', () => {
  test('draws the curvature and the limit in one chart, and the other groups', async () => {
    await open();
    const titles = await tab().locator('.chart h3').filter({ visible: true }).allInnerTexts();
    expect(titles.slice(0, 7)).toEqual([
      'Step',
      'Momentum',
      'Distance',
      'Curvature',
      'Stability margin',
      'Noise floor',
      'Spectral radius',
    ]);
    const curvature = tab().getByRole('application', {
      name: /^Line chart of Largest curvature λmax, Limit of the optimizer/,
    });
    await curvature.focus();
    await panel.page.keyboard.press('End');
    const live = tab().locator('.chart', { has: panel.page.getByRole('heading', { name: 'Curvature' }) });
    await expect
      .poll(() => live.getByRole('status').innerText())
      .toMatch(/^step 1,000: Largest curvature λmax 104\.\d; Limit of the optimizer 76\.00\.$/);
  });

  test('shades what lies beyond the limit', async () => {
    await open();
    const chart = tab().getByRole('application', { name: /^Line chart of Largest curvature/ });
    // On white the shade is a faint red: of an upright line through the plot its upper part has it, the lower has not.
    const red = () =>
      chart.evaluate((node: HTMLCanvasElement) => {
        const { height, width } = node;
        const { data } = node.getContext('2d')!.getImageData(Math.round(0.6 * width), 0, 1, height);
        const counts = [0, 0];
        for (let y = 0; y < height; y++) {
          const isRed = data[4 * y]! > 245 && data[4 * y + 1]! < 240 && data[4 * y + 2]! < 240;
          if (isRed) counts[y < height / 3 ? 0 : 1]! += 1;
        }
        return counts;
      });
    await expect.poll(async () => (await red())[0]).toBeGreaterThan(10);
    expect((await red())[1]).toBe(0);
    await panel.screenshot('step-light');
  });

  test('says what to do where nothing is measured, and still explores', async () => {
    await open(trainRun());
    await tab().getByText('This run says nothing of its steps.').waitFor();
    await expect.poll(() => knob('Step α').getAttribute('aria-valuetext')).toBe('0.100');
  });
});

describe('the stability explorer', () => {
  test('stands where a run of NAG-GS stands, and follows it', async () => {
    await open(instrumentedRun({ optimizer: NAG_GS, steps: 500 }));
    await expect.poll(() => knob('Step α').getAttribute('aria-valuetext')).toBe('0.300');
    await expect.poll(() => knob('Least curvature μ').getAttribute('aria-valuetext')).toBe('0.500');
    const before = await knob('Largest curvature L').getAttribute('aria-valuetext');
    const { summary, instruments } = instrumentedRun({ optimizer: NAG_GS, steps: 200, seed: 3 });
    await panel.send({ type: 'increment', summary, series: [], tensors: [], messages: [], instruments });
    await frames(panel.page);
    await expect.poll(() => knob('Largest curvature L').getAttribute('aria-valuetext')).not.toBe(before);
    const map = explorer().getByRole('application', { name: /^Map of ρ over α and γ/ });
    await expect.poll(() => map.getAttribute('aria-label')).toContain('limit of stability; the run');
    await panel.screenshot('explorer-nag-gs-light');
  });

  test('is moved by the keyboard, and goes back to the run', async () => {
    const { page } = await open(instrumentedRun({ optimizer: NAG_GS }));
    const largest = Number(await knob('Largest curvature L').getAttribute('aria-valuetext'));
    await knob('Step α').focus();
    for (let k = 0; k < 10; k++) await page.keyboard.press('ArrowRight');
    await frames(page);
    await expect.poll(() => knob('Step α').getAttribute('aria-valuetext')).toBe('0.380');
    const map = explorer().getByRole('application', { name: /^Map of ρ over α and μ/ });
    await expect.poll(() => map.getAttribute('aria-label')).toContain('here; the run');
    const { mu, gamma } = NAG_GS;
    const number = async (name: string) => {
      const said = await explorer().getByRole('status').first().innerText();
      return Number(new RegExp(`${name} ([\\d.]+)`).exec(said)?.[1]);
    };
    await expect.poll(() => number('α_c')).toBeCloseTo(optimalAlpha(mu, largest, gamma), 2);
    await expect.poll(() => number('α_crit')).toBeCloseTo(criticalAlpha(mu, largest, gamma), 2);
    await explorer().getByRole('button', { name: 'Back to the run' }).click();
    await expect.poll(() => knob('Step α').getAttribute('aria-valuetext')).toBe('0.300');
  });

  test('shows other optimizers as a heavy ball', async () => {
    await open();
    await expect.poll(() => knob('Learning rate η').getAttribute('aria-valuetext')).toBe('0.0500');
    await expect.poll(() => knob('Momentum β').getAttribute('aria-valuetext')).toBe('0.900');
    const map = explorer().getByRole('application', { name: /^Map of ρ over η and β/ });
    await expect.poll(() => map.getAttribute('aria-label')).toContain('60 by 40 cells');
    await explorer().getByRole('radio', { name: 'NAG-GS' }).check();
    await explorer()
      .getByRole('application', { name: /^Map of ρ over α and γ/ })
      .waitFor();
    await expect
      .poll(() =>
        explorer()
          .getByRole('application', { name: /over η/ })
          .count(),
      )
      .toBe(0);
  });

  test.each(THEME_KINDS)('in %s has no serious finding', async (theme) => {
    await open(instrumentedRun({ optimizer: NAG_GS }), { theme });
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
    if (theme !== 'vscode-light') await panel.screenshot(`step-${theme.replace('vscode-', '')}`);
  });

  test('fits a narrow column', async () => {
    const { page } = await open(instrumentedRun(), { width: 400 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await panel.screenshot('step-narrow');
  });
});
