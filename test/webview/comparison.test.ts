import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunView } from '../../src/protocol/messages';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { series, trainRun, TRAIN_SUMMARY, uniform } from './page/runs';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

const RATES = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001];

const optimizerOf = (k: number): string => (k % 2 === 0 ? 'sgd' : 'adam');
const nameOf = (k: number): string =>
  `mnist-mlp · learningRate ${String(RATES[k])}, optimizer ${optimizerOf(k)}`;

/** A trial of a sweep over the learning rate: its loss falls the slower the smaller the rate is. */
function trial(k: number): RunView {
  const rate = RATES[k]!;
  const random = uniform(k + 1);
  const pace = 8 * rate ** 0.25;
  const losses = series(
    'trainLoss',
    30,
    (i) => 0.1 + 0.02 * k + 2 * Math.exp((-i * pace) / 30) + 0.1 * random(),
    { every: 10 },
  );
  const accuracies = series('testAccuracy', 4, (i) => 0.5 + 0.05 * i - 0.01 * k, { every: 100 });
  const id = `2026-11-22T10-31-0${k}-mnist-${k}`;
  return trainRun({
    summary: {
      ...TRAIN_SUMMARY,
      id,
      name: 'mnist-mlp',
      state: k === 7 ? 'running' : 'done',
      seconds: 10 + k,
      folder: `/home/ada/my project/.weightroom/runs/${id}`,
    },
    spec: {
      job: 'train',
      experiment: '/home/ada/my project/mnist-mlp.ts',
      engine: 'best',
      overrides: { 'optimizer.learningRate': rate, 'optimizer.name': optimizerOf(k) },
      epochs: 5,
      sweep: 'a-sweep',
    },
    series: k === 3 ? [losses] : [losses, accuracies],
  });
}

async function open(count = 8, options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('comparison', options);
  const runs = Array.from({ length: count }, (_, k) => trial(k));
  await panel.send({ type: 'runs', folders: runs.map(({ summary }) => summary.folder) });
  // Runs are read at the same time, so they come in any order.
  for (const run of runs.toReversed()) await tell(run.summary.folder, { type: 'snapshot', run });
  await panel.page.getByRole('heading', { name: 'Runs compared' }).waitFor();
  await frames(panel.page);
  return panel;
}

const tell = (folder: string, message: unknown) => panel.send({ type: 'run', folder, message });
const chart = (title: string) => panel.page.locator('.chart').filter({ hasText: title });
const heads = () => panel.page.locator('.run-table thead th').allInnerTexts();
const column = async (name: string) => {
  const at = (await heads()).indexOf(name);
  return panel.page.locator(`.run-table tbody tr > :nth-child(${at + 1})`).allInnerTexts();
};
const showTable = () => panel.page.getByRole('tab', { name: 'Runs' }).click();

describe('curves', () => {
  test('lie over one another, a chart a metric and a line a run', async () => {
    const { page } = await open();
    await expect
      .poll(() => page.getByRole('heading', { level: 3 }).allInnerTexts())
      .toEqual(['Train loss', 'Test accuracy']);
    const names = await chart('Train loss').locator('.legend button').allInnerTexts();
    expect(names.map((name) => name.trim().split('\n')[0])).toEqual(RATES.map((_, k) => nameOf(k)));
  });

  test('of a run are drawn alike in every chart, also where another run has no such metric', async () => {
    await open();
    const samples = (title: string) =>
      chart(title)
        .locator('.legend canvas')
        .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
    const losses = await samples('Train loss');
    expect(new Set(losses).size).toBe(8);
    await expect.poll(() => samples('Test accuracy')).toEqual(losses.filter((_, k) => k !== 3));
  });

  test('are switched off one by one from the keyboard, and stay so', async () => {
    const { page } = await open(3);
    const button = chart('Train loss').getByRole('button', { name: nameOf(1) });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('false');
    await expect
      .poll(() => panel.state())
      .toMatchObject({
        convergence: { charts: { 'Train loss': { hidden: [trial(1).summary.id] } } },
      });
  });

  test('grow while a run goes on', async () => {
    await open(2);
    const { summary } = trial(1);
    await tell(summary.folder, {
      type: 'increment',
      summary: { ...summary, seconds: 99 },
      series: [series('trainLoss', 1, () => 0.001, { first: 30, every: 10 })],
      tensors: [],
      messages: [],
    });
    await showTable();
    await expect.poll(() => column('Duration')).toEqual(['10.0 s', '1 min 39 s']);
    await expect.poll(async () => (await column('train loss, last'))[1]).toBe('0.001000');
    await expect.poll(async () => (await column('train loss, best'))[1]).toBe('0.001000');
  });
});

describe('the table', () => {
  test('has the settings that differ, and only these', async () => {
    await open();
    await showTable();
    await expect
      .poll(heads)
      .toEqual([
        ...['Run', 'State', 'Duration', 'optimizer.learningRate', 'optimizer.name'],
        ...['train loss, last', 'train loss, best', 'test accuracy, last', 'test accuracy, best'],
      ]);
    await expect
      .poll(() => column('optimizer.name'))
      .toEqual(RATES.map((_, k) => (k % 2 === 0 ? 'sgd' : 'adam')));
    await expect.poll(async () => (await column('test accuracy, best'))[3]).toBe('–');
  });

  test('sorts by any column from the keyboard; what is not there comes last', async () => {
    const { page } = await open();
    await showTable();
    const head = page.getByRole('button', { name: 'test accuracy, best' });
    await head.focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await column('Run')).at(-1)).toContain(nameOf(3));
    expect((await column('Run'))[0]).toContain(nameOf(0));
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await column('Run')).map((text) => text.trim()))
      .toEqual([8, 7, 6, 5, 3, 2, 1, 4].map((k) => nameOf(k - 1)));
    await expect
      .poll(() => page.getByRole('columnheader', { name: 'test accuracy, best' }).getAttribute('aria-sort'))
      .toBe('ascending');
  });

  test('shows the columns that were chosen, and remembers them', async () => {
    const { page } = await open(2);
    await showTable();
    await page.getByText('Columns').click();
    await page.getByRole('checkbox', { name: 'State' }).click();
    await expect.poll(heads).not.toContain('State');
    const state = await panel.state();
    await panel.close();
    await open(2, { state });
    await expect.poll(heads).not.toContain('State');
    await panel.page.getByRole('checkbox', { name: 'State' }).click();
    await expect.poll(heads).toContain('State');
  });

  test('is saved as CSV with every digit, as it is sorted', async () => {
    const { page } = await open(2);
    await showTable();
    await page.getByRole('button', { name: 'optimizer.learningRate' }).click();
    await page.getByRole('button', { name: 'optimizer.learningRate' }).click();
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    const lines = String((await panel.newest('saveText'))['text'])
      .trimEnd()
      .split('\n');
    expect(lines[0]).toMatch(/^id,name,state,duration,setting:optimizer\.learningRate,/);
    const last = trial(1).series[0]!.values.at(-1);
    expect(lines[1]).toContain(`2026-11-22T10-31-01-mnist-1,"${nameOf(1)}",done,11,0.1,adam,${last},`);
    expect(lines).toHaveLength(3);
  });

  test('opens a run, and says which was deleted', async () => {
    const { page } = await open(3);
    await showTable();
    const { folder } = trial(2).summary;
    await page
      .getByRole('button', { name: nameOf(2) })
      .last()
      .click();
    await expect.poll(() => panel.posted()).toContainEqual({ type: 'openRun', folder });
    await tell(folder, { type: 'gone' });
    await expect.poll(() => column('State')).toEqual(['done', 'done', 'deleted']);
  });
});

test('the panel keeps which runs it compares', async () => {
  await open(2);
  await expect
    .poll(() => panel.state())
    .toMatchObject({ folders: [trial(0).summary.folder, trial(1).summary.folder] });
});

describe.each(THEME_KINDS)('in %s', (theme) => {
  test('nothing breaks the policy, and nothing serious is found by axe', async () => {
    const { page } = await open(8, { theme });
    await panel.screenshot(`comparison-curves-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    await showTable();
    await page.getByText('Columns').click();
    await panel.screenshot(`comparison-table-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
  });
});

test.each([300, 420, 700])('fits a panel of %i pixels, its button on one line', async (width) => {
  const table = { order: { descending: false }, hidden: [], choosing: true };
  const { page } = await open(8, { width, state: { table } });
  await showTable();
  const save = page.getByRole('button', { name: 'Save as CSV' });
  const { x, width: wide, height } = (await save.boundingBox())!;
  expect(x + wide).toBeLessThanOrEqual(width);
  expect(height).toBeLessThan(30);
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
    .toBeLessThanOrEqual(width);
});
