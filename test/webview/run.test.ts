import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { formatNumber } from '../../webview/ui/format';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import {
  finishedRun,
  killedRun,
  series,
  studyRun,
  sweepRun,
  trainLoss,
  trainRun,
  TRAIN_SUMMARY,
  uniform,
} from './page/runs';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(run = trainRun(), options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('run', options);
  await panel.send({ type: 'snapshot', run });
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
  await frames(panel.page);
  return panel;
}

const chart = (title: string) =>
  panel.page.getByRole('application', { name: new RegExp(`chart of .*${title}`) });
const rows = (title: string) =>
  panel.page
    .getByRole('region', { name: `Table: ${title}` })
    .locator('tbody tr')
    .allInnerTexts();

describe('a running run', () => {
  test('says ready, and shows nothing before its snapshot', async () => {
    panel = await browsing.open('run');
    await expect.poll(() => panel.posted()).toEqual([{ type: 'ready' }]);
    await expect.poll(() => panel.page.locator('#app').innerText()).toBe('');
  });

  test('shows its name, state, engine, progress and latest values', async () => {
    const run = trainRun();
    const { page } = await open(run);
    await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('MNIST, two layers');
    const head = await page.locator('.run-header').innerText();
    for (const text of ['Running', 'TensorFlow 2.21.0 on CPU', '43 %', 'epoch 3 of 5']) {
      expect(head).toContain(text);
    }
    // The clock goes on while the page is read.
    expect(head).toMatch(/about 5\d s left/);
    await expect
      .poll(() => page.locator('.tiles .value').allInnerTexts())
      .toEqual(run.series.map(({ values }) => formatNumber(values.at(-1)!)));
    await expect
      .poll(() => page.getByRole('heading', { level: 3 }).allInnerTexts())
      .toEqual(['Loss', 'Accuracy']);
  });

  test('can be cancelled once', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click({ force: true });
    const posted = await panel.posted();
    expect(posted.filter(({ type }) => type === 'cancel')).toHaveLength(1);
  });

  test('appends increments', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Show Loss as a table' }).click();
    await expect.poll(() => rows('Loss')).not.toEqual([]);
    const before = await rows('Loss');
    await panel.send({
      type: 'increment',
      summary: { ...TRAIN_SUMMARY, last: { ...TRAIN_SUMMARY.last, trainLoss: 0.05 } },
      series: [trainLoss(3, 200), series('learningRate', 1, () => 1e-3)],
      tensors: [],
      messages: [{ level: 'info', text: 'One more.' }],
    });
    await page.getByRole('heading', { name: 'Learning rate' }).waitFor();
    await frames(page);
    const after = await rows('Loss');
    expect(after.length).toBe(before.length + 3);
    expect(after[0]).toMatch(/^2,020/);
    await page.getByRole('tab', { name: 'Messages (3)' }).click();
    await expect.poll(() => page.locator('.messages li').allInnerTexts()).toContain('One more.');
  });

  test('shows one latest value in tile and legend, though its summary is older', async () => {
    const { page } = await open();
    const added = trainLoss(3, 200);
    await panel.send({
      type: 'increment',
      summary: TRAIN_SUMMARY,
      series: [added],
      tensors: [],
      messages: [],
    });
    const latest = formatNumber(added.values.at(-1)!);
    expect(latest).not.toBe(formatNumber(TRAIN_SUMMARY.last['trainLoss']!));
    await expect.poll(() => page.locator('.tiles .value').first().innerText()).toBe(latest);
    await expect.poll(() => page.locator('[data-series="train loss"] .last').innerText()).toBe(latest);
  });

  test('says when its folder is gone', async () => {
    const { page } = await open();
    await panel.send({ type: 'gone' });
    await page.getByText('The folder of this run is gone.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false);
  });
});

describe('a run that is over', () => {
  test('shows closing and best values, and no Cancel', async () => {
    const { page } = await open(finishedRun());
    await expect.poll(() => page.locator('.tiles').innerText()).toContain('best 0.9768 at step 1,876');
    await expect.poll(() => page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Export HTML' }).click();
    await expect.poll(() => panel.posted()).toContainEqual({ type: 'export', format: 'html' });
    await panel.screenshot('run-done-light');
  });

  test('that was stopped is resumed, unless it is a program that is only watched', async () => {
    const stopped = trainRun({ summary: { ...TRAIN_SUMMARY, state: 'cancelled' } });
    const { page } = await open(stopped);
    const resume = page.getByRole('button', { name: 'Resume' });
    await resume.click();
    await expect.poll(() => panel.posted()).toContainEqual({ type: 'resume' });
    await panel.send({ type: 'snapshot', run: { ...stopped, spec: { ...stopped.spec, watched: true } } });
    await expect.poll(() => resume.isVisible()).toBe(false);
    await panel.send({ type: 'snapshot', run: trainRun() });
    await expect.poll(() => page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(true);
    expect(await resume.isVisible()).toBe(false);
  });

  test('that ended before its first step says so, and cannot be resumed', async () => {
    const summary = { ...TRAIN_SUMMARY, state: 'failed' as const, last: {}, best: {} };
    const { page } = await open(trainRun({ summary, series: [] }));
    await page.getByText('This run ended before its first value.').waitFor();
    expect(await page.getByRole('button', { name: 'Resume' }).isVisible()).toBe(false);
  });

  test('that was killed shows the error, what to do and the end of the log', async () => {
    const { page } = await open(killedRun(), { theme: 'vscode-dark' });
    const callout = page.locator('.callout.error');
    await expect.poll(() => callout.innerText()).toContain('signal SIGKILL');
    await expect.poll(() => callout.innerText()).toContain('Look at the end of its log');
    await expect.poll(() => callout.locator('pre').innerText()).toContain('step 1010');
    await callout.getByRole('button', { name: 'Show Log' }).click();
    await expect.poll(() => panel.posted()).toContainEqual({ type: 'showLog' });
    await panel.screenshot('run-killed-dark');
  });
});

describe('a chart', () => {
  test('is read by the keyboard', async () => {
    const { page } = await open();
    await chart('test loss').focus();
    await page.keyboard.press('Home');
    const live = page.locator('.chart', { hasText: 'Loss' }).getByRole('status').first();
    await expect.poll(() => live.innerText()).toMatch(/^step 0: train loss \S+; test loss 2\.385\.$/);
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => live.innerText())
      .toMatch(/^step 10: train loss \S+; test loss 2\.385 at step 0\.$/);
    await page.keyboard.press('End');
    await expect.poll(() => live.innerText()).toMatch(/^step 1,990: /);
    await expect.poll(() => page.locator('.tip').first().isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => live.innerText()).toBe('');
    await expect.poll(() => page.locator('.tip').first().isVisible()).toBe(false);
  });

  test('shows all series at the pointer', async () => {
    const { page } = await open();
    const box = (await chart('test loss').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const tip = page.locator('.tip').first();
    await tip.waitFor();
    await expect.poll(() => tip.innerText()).toMatch(/step 9\d\d|step 1,0\d\d/);
    await expect.poll(() => tip.innerText()).toContain('train loss');
    await expect.poll(() => tip.innerText()).toContain('at step 938');
    await panel.screenshot('run-tip-light');
  });

  test('zooms by a rectangle, keeps the zoom while it grows, and shows all after a double click', async () => {
    const { page } = await open();
    const box = (await chart('test loss').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.1);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.8, { steps: 5 });
    await page.mouse.up();
    const reset = page.getByRole('button', { name: 'Reset zoom' }).first();
    await reset.waitFor();
    const zoomed = await viewOf('Loss');
    expect(zoomed.x![0]).toBeGreaterThan(300);
    expect(zoomed.x![1]).toBeLessThan(1400);
    await panel.send({
      type: 'increment',
      summary: TRAIN_SUMMARY,
      series: [trainLoss(50, 200)],
      tensors: [],
      messages: [],
    });
    await frames(page);
    expect(await viewOf('Loss')).toEqual(zoomed);
    await expect.poll(() => reset.isVisible()).toBe(true);
    // The charts of a run share their horizontal axis.
    await expect.poll(() => page.getByRole('button', { name: 'Reset zoom' }).count()).toBe(2);
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    await reset.waitFor({ state: 'hidden' });
    await expect.poll(async () => (await viewOf('Loss')).x).toBeUndefined();
  });

  test('leaves a bare wheel to the page and zooms with Ctrl', async () => {
    const { page } = await open();
    const box = (await chart('test loss').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -200);
    await frames(page);
    expect(await page.getByRole('button', { name: 'Reset zoom' }).count()).toBe(0);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await page.getByRole('button', { name: 'Reset zoom' }).first().waitFor();
  });

  test('saves exactly its data as CSV', async () => {
    const nan = trainRun({
      series: [
        series('trainLoss', 4, (k) => [0.1, Number.NaN, Infinity, 1 / 3][k]!, { every: 5 }),
        series('testLoss', 2, (k) => 0.5 + k, { every: 10 }),
      ],
    });
    const { page } = await open(nan);
    await page.getByRole('button', { name: 'Save the data of Loss as CSV' }).click();
    expect(await panel.newest('saveText')).toEqual({
      type: 'saveText',
      suggestedName: 'loss.csv',
      text: [
        'step,epoch,seconds,trainLoss,testLoss',
        `0,0,0,0.1,0.5`,
        `5,${5 / 469},0.1,NaN,`,
        `10,${10 / 469},0.2,Infinity,1.5`,
        `15,${15 / 469},0.3,${1 / 3},`,
        '',
      ].join('\n'),
    });
  });

  test('saves a picture', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Save Loss as PNG' }).click();
    const saved = await panel.newest('saveImage');
    expect(saved['suggestedName']).toBe('loss.png');
    expect((saved['png'] as number[]).slice(0, 4)).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  test('of a million points is drawn from a few thousand, and its table and read-out stay exact', async () => {
    const { page } = await open(trainRun({ series: [] }));
    await page.evaluate((id) => {
      const length = 1_000_000;
      const steps = Float64Array.from({ length }, (_, k) => k);
      const values = steps.map((k) => Math.sin(k / 1e5) + 0.1 * Math.sin(k * 7.7));
      values[654_321] = 25;
      window.postMessage({
        type: 'increment',
        summary: id,
        series: [{ name: 'trainLoss', steps, epochs: steps, seconds: steps, values }],
        tensors: [],
        messages: [],
      });
    }, TRAIN_SUMMARY);
    await page.getByRole('application', { name: /1,000,000 values/ }).waitFor();
    await chart('train loss').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.getByRole('status').first().innerText()).toMatch(/^step 999,999: /);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show Loss as a table' }).click();
    await expect.poll(() => rows('Loss')).toHaveLength(500);
    await page.getByText('The newest 500 rows.').waitFor();
    await page.getByRole('button', { name: 'Show Loss as a chart' }).click();
    await panel.screenshot('run-million-light');
  });

  test('keeps what a person chose over a reload', async () => {
    const { page } = await open();
    await page.getByRole('radio', { name: 'Epoch' }).check();
    await page.getByRole('radio', { name: 'Log' }).first().check();
    await page.locator('#view-convergence').getByLabel('Smoothing').fill('0.9');
    await page.getByRole('button', { name: /^test loss/ }).click();
    const state = await panel.state();
    await panel.close();
    await open(trainRun(), { state });
    await expect.poll(() => panel.page.getByRole('radio', { name: 'Epoch' }).isChecked()).toBe(true);
    await expect
      .poll(() => panel.page.locator('#view-convergence').getByLabel('Smoothing').inputValue())
      .toBe('0.9');
    await expect
      .poll(() => panel.page.getByRole('button', { name: /^test loss/ }).getAttribute('aria-pressed'))
      .toBe('false');
    await chart('train loss').focus();
    await panel.page.keyboard.press('End');
    await expect
      .poll(() => panel.page.getByRole('status').first().innerText())
      .toMatch(/^epoch 4\.243: train loss \S+, smoothed \S+\.$/);
    await panel.screenshot('run-smoothed-log-light');
  });

  test('marks values that are not finite', async () => {
    const random = uniform(3);
    const diverged = series('trainLoss', 120, (k) =>
      k < 80 ? 2 + random() : k < 90 ? 10 ** (k - 79) : Number.NaN,
    );
    const { page } = await open(trainRun({ series: [diverged] }), { theme: 'vscode-dark' });
    await page.getByRole('radio', { name: 'Log' }).check();
    await chart('train loss').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.getByRole('status').first().innerText()).toBe('step 119: train loss NaN.');
    await panel.screenshot('run-diverged-dark');
  });
});

describe.each(THEME_KINDS)('in %s', (theme) => {
  test('nothing breaks the policy, and nothing serious is found by axe', async () => {
    await open(trainRun(), { theme });
    await panel.screenshot(`run-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    await panel.page.getByRole('button', { name: 'Show Loss as a table' }).click();
    await panel.screenshot(`run-table-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    await panel.page.getByRole('tab', { name: 'Details' }).click();
    expect(await panel.accessibility()).toEqual([]);
    await panel.screenshot(`run-details-${theme}`);
    expect(panel.trouble).toEqual([]);
  });
});

test.each([300, 520, 1000])('its tabs begin where everything begins, %i pixels wide', async (width) => {
  const { page } = await open(trainRun(), { width });
  const tab = (await page.getByRole('tab').first().boundingBox())!;
  const name = (await page.getByRole('heading', { level: 1 }).boundingBox())!;
  expect(Math.abs(tab.x - name.x)).toBeLessThan(8);
});

test('fits a panel of 300 pixels', async () => {
  const { page } = await open(killedRun(), { width: 300 });
  const rightEdges = await page
    .locator('.plot canvas, .chart .tools, [role="tab"]')
    .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().right));
  expect(Math.max(...rightEdges)).toBeLessThanOrEqual(300 - 24);
  await panel.screenshot('run-300-light');
  expect(await panel.accessibility()).toEqual([]);
  await page.getByRole('tab', { name: 'Details' }).click();
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
});

describe('a sweep', () => {
  test('ranks its settings as a table and as a picture, and new trials as they come', async () => {
    const { page } = await open(sweepRun());
    await expect
      .poll(() => page.getByRole('tab').allInnerTexts())
      .toEqual(['Results', 'Messages (2)', 'Details']);
    const settings = await rows('Settings, best first');
    expect(settings).toHaveLength(3);
    expect(settings[0]).toMatch(/^0\.001000\s+adam\s+0\.9650\s+0\.007071\s+2 of 2$/);
    expect(settings[2]).toMatch(/^1\s+sgd\s+0\.9900\s+–\s+1 of 2$/);
    await expect.poll(async () => (await rows('Trials')).at(-1)).toContain('failed: Training diverged.');
    const picture = page.getByRole('application');
    await picture.focus();
    await page.keyboard.press('Home');
    await expect
      .poll(() => page.getByRole('status').first().innerText())
      .toBe('Place 1 of 3: optimizer.learningRate 0.001, optimizer.name adam; test accuracy 0.9650.');
    await page.keyboard.press('End');
    await expect.poll(() => page.getByRole('status').first().innerText()).toContain('Place 3 of 3');
    const [latest] = sweepRun().trials!;
    await panel.send({
      type: 'increment',
      summary: sweepRun().summary,
      series: [],
      tensors: [],
      messages: [],
      trials: [{ ...latest!, parameters: { 'optimizer.learningRate': 1, 'optimizer.name': 'adam' } }],
    });
    await frames(page);
    await expect.poll(() => rows('Settings, best first')).toHaveLength(4);
    await expect.poll(() => rows('Trials')).toHaveLength(7);
  });
});

describe('a study', () => {
  test('shows its figures as a picture and as a table, and new ones as they come', async () => {
    const { page } = await open(studyRun());
    await expect
      .poll(() => page.getByRole('tab').allInnerTexts())
      .toEqual(['Figures', 'Convergence', 'Messages (2)', 'Details']);
    await expect
      .poll(() => page.getByRole('heading', { level: 3 }).allInnerTexts())
      .toEqual(['Next byte of Shakespeare']);
    await expect.poll(() => rows('Figures')).toHaveLength(6);
    await expect
      .poll(async () => (await rows('Figures')).at(-1))
      .toMatch(/^normal vector\s+30\s+31\s+3\.3 %\s+steps\s+as published/);
    const legend = page.locator('.chart .legend button');
    await expect.poll(() => legend.allInnerTexts()).toEqual(['dependent', 'dependent with feedback', 'rtn']);
    const ours = { what: 'nf4, 4 bits', ours: 7.1, unit: 'perplexity a byte' };
    const place = { picture: 'Next byte of Shakespeare', curve: 'nf4', bits: 4.3 };
    await panel.send({
      type: 'increment',
      summary: studyRun().summary,
      series: [],
      tensors: [],
      messages: [],
      figures: [{ ...ours, place }],
    });
    await frames(page);
    await expect.poll(() => rows('Figures')).toHaveLength(7);
    await expect.poll(() => legend.allInnerTexts()).toContain('nf4');
  });

  test('is read by the keyboard: along a method, and across methods', async () => {
    const { page } = await open(studyRun());
    await page.getByRole('application', { name: /^Chart of perplexity/ }).focus();
    const said = page.locator('.chart [aria-live]');
    await page.keyboard.press('Home');
    await expect.poll(() => said.innerText()).toContain('dependent, 2.102 bits: 8.064');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => said.innerText()).toContain('dependent, 4.1 bits: 6.752');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => said.innerText()).toContain('dependent with feedback, 2.103 bits: 6.952');
    await page.locator('.legend button[data-series="dependent with feedback"]').click();
    await page.getByRole('button', { name: 'Show Next byte of Shakespeare as a table' }).click();
    await expect.poll(() => rows('Next byte of Shakespeare')).toHaveLength(4);
  });

  test.each(THEME_KINDS)('in %s has no serious finding', async (theme) => {
    await open(studyRun(), { theme });
    expect(await panel.accessibility()).toEqual([]);
  });
});

test('follows a change of the theme', async () => {
  await open(trainRun(), { theme: 'vscode-light' });
  const corner = () =>
    chart('test loss').evaluate((node: HTMLCanvasElement) => {
      const pixels = node.getContext('2d')!.getImageData(0, 0, node.width, node.height).data;
      const seen = new Set<string>();
      for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i + 3] === 255) seen.add(`${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`);
      }
      return [...seen];
    });
  await expect.poll(corner).toContain('26,133,255');
  await panel.setTheme('vscode-high-contrast');
  await expect.poll(corner).toContain('89,164,249');
  await expect.poll(corner).not.toContain('26,133,255');
});

test.each(THEME_KINDS)('a killed run in %s has no serious finding', async (theme) => {
  await open(killedRun(), { theme });
  expect(await panel.accessibility()).toEqual([]);
});

async function viewOf(title: string): Promise<{ x?: [number, number]; y?: [number, number] }> {
  const state = (await panel.state()) as {
    convergence: { charts: Record<string, { x?: [number, number]; y?: [number, number] }> };
  };
  return state.convergence.charts[title]!;
}
