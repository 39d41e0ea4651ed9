import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { criticalAlpha, optimalAlpha } from '../../src/math/dynamics/nagGs';
import { formatNumber } from '../../webview/ui/format';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('explorer', options);
  await panel.page.getByRole('heading', { name: 'Stability explorer' }).waitFor();
  await frames(panel.page);
  return panel;
}

const knob = (name: string) => panel.page.getByRole('slider', { name });
const sentence = () => panel.page.locator('.explorer > [role=status]').innerText();
const point = { kind: 'nag-gs', alpha: 0.2, gamma: 2, mu: 0.5, largest: 50 } as const;

test('draws closed forms at the point of the sliders, without a run', async () => {
  await open({ state: { point } });
  const { mu, largest, gamma } = point;
  await expect.poll(sentence).toContain(`α_c ${formatNumber(optimalAlpha(mu, largest, gamma), 3)}`);
  await expect.poll(sentence).toContain('here 0.200');
  await knob('Scaling γ').fill('0');
  await expect.poll(sentence).toContain(`α_crit ${formatNumber(criticalAlpha(mu, largest, 1), 3)}`);
  await expect
    .poll(() => panel.page.getByRole('button', { name: 'Back to the run' }).isVisible())
    .toBe(false);
  await expect.poll(() => panel.state()).toEqual({ point: { ...point, gamma: 1 } });
});

test('a chart of it can be saved', async () => {
  await open();
  await panel.page.getByRole('button', { name: /PNG/ }).first().click();
  await expect.poll(async () => (await panel.posted()).map(({ type }) => type)).toEqual(['saveImage']);
});

describe.each(THEME_KINDS)('in %s', (theme) => {
  test('nothing breaks the policy, and nothing serious is found by axe', async () => {
    await open({ theme });
    await panel.screenshot(`explorer-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
  });
});
