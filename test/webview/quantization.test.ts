import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { QUANTIZE_SUMMARY, quantizeRun, tensor, withoutDecomposition } from './page/runs';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(run = quantizeRun(24, true), options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('quantization', options);
  await panel.send({ type: 'snapshot', run });
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
  await frames(panel.page);
  return panel;
}

const bodyRows = () => panel.page.getByRole('grid').locator('tbody tr');
const column = (k: number) => bodyRows().locator(`td:nth-child(${k})`).allInnerTexts();

test('shows sizes, bits of the whole file, distortion and the file that was written', async () => {
  const { page } = await open();
  const figures = await page.locator('.tiles').innerText();
  for (const text of [
    '28.3 MB → 3.58 MB',
    '7.9 times smaller',
    '4.046',
    '0.0104',
    '19.8 dB',
    'quantized; 6 kept',
  ]) {
    expect(figures).toContain(text);
  }
  await page.getByRole('button', { name: 'encoder.w4.native.safetensors' }).click();
  expect(await panel.posted()).toContainEqual({
    type: 'openOutput',
    path: '/home/ada/my project/encoder.w4.native.safetensors',
  });
});

test('lists every tensor in the order of the file, and says why one was kept', async () => {
  await open();
  expect(await bodyRows().count()).toBe(24);
  expect((await column(1)).slice(0, 2)).toEqual([
    'encoder/layer_0/query/kernel',
    'encoder/layer_0/key/kernel',
  ]);
  expect((await column(3))[6]).toBe('kept: one-dimensional');
  expect((await column(4))[0]).toBe('4.016');
});

test('sorts by a column, back and forth, and then as in the file again', async () => {
  const { page } = await open();
  const head = page.getByRole('columnheader', { name: 'Distortion' });
  const distortions = async () => (await column(5)).filter((text) => text !== '').map(Number);
  await head.getByRole('button').click();
  expect(await head.getAttribute('aria-sort')).toBe('descending');
  const descending = await distortions();
  expect(descending).toEqual([...descending].sort((a, b) => b - a));
  await head.getByRole('button').click();
  expect(await head.getAttribute('aria-sort')).toBe('ascending');
  expect(await distortions()).toEqual([...descending].reverse());
  await head.getByRole('button').click();
  expect(await head.getAttribute('aria-sort')).toBeNull();
  expect((await column(1))[0]).toBe('encoder/layer_0/query/kernel');
});

test('filters by name', async () => {
  const { page } = await open();
  await page.getByRole('textbox', { name: 'Tensors' }).fill('layer_1/dense');
  expect(await bodyRows().count()).toBe(3);
  expect(await page.locator('.filter').innerText()).toContain('3 of 24');
});

test('grows while the run goes, and keeps what is chosen', async () => {
  const { page } = await open(quantizeRun(5, false));
  expect(await bodyRows().count()).toBe(5);
  expect(await page.locator('.tensor-detail h2').innerText()).toBe('encoder/layer_0/query/kernel');
  await page.getByText('encoder/layer_0/value/kernel').click();
  await panel.send({
    type: 'increment',
    summary: { ...QUANTIZE_SUMMARY, progress: { fraction: 0.6, what: 'encoder/layer_0/dense_2/kernel' } },
    series: [],
    tensors: [tensor(5), tensor(6)],
    messages: [],
  });
  await expect.poll(() => bodyRows().count()).toBe(7);
  expect(await page.locator('.tensor-detail h2').innerText()).toBe('encoder/layer_0/value/kernel');
  expect(await page.locator('.run-header').innerText()).toContain('60 %');
  await panel.screenshot('quantization-running-light');
});

test('is one stop of the Tab key; arrows move over the rows and Enter chooses', async () => {
  const { page } = await open();
  await bodyRows().first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await page.locator('tr[aria-selected="true"] td').first().innerText()).toBe(
    'encoder/layer_0/value/kernel',
  );
  expect(await page.locator('.tensor-detail h2').innerText()).toBe('encoder/layer_0/value/kernel');
  expect(await page.locator('tbody tr[tabindex="0"]').count()).toBe(1);
  expect(await panel.state()).toMatchObject({ selected: 'encoder/layer_0/value/kernel' });
});

test('shows the residual by step and both factors with their centroids', async () => {
  const { page } = await open();
  const residual = page.getByRole('application', { name: /Line chart of ‖r‖/ });
  await residual.focus();
  await page.keyboard.press('Home');
  expect(await page.locator('.tensor-detail [role=status]').first().innerText()).toBe('step 0: ‖r‖ / ‖x‖ 1.');
  await page
    .getByRole('application', { name: /centroids at −1\.40, −0\.450, 0\.450, 1\.40/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Save the data of Factor u as CSV' }).click();
  const saved = (await panel.posted()).find(({ type }) => type === 'saveText')!;
  expect(String(saved['text']).split('\n')).toHaveLength(64 + 2);
});

test('chooses a tensor by a click on its bar', async () => {
  const { page } = await open();
  const chart = page.getByRole('application', { name: /SNR, dB over 18 places/ });
  const box = (await chart.boundingBox())!;
  await page.mouse.click(box.x + box.width - 20, box.y + box.height / 2);
  expect(await page.locator('.tensor-detail h2').innerText()).toBe('encoder/layer_2/dense_2/kernel');
});

test('says that a method without a decomposition has none', async () => {
  const run = quantizeRun(3, true);
  const tensors = run.tensors.map(withoutDecomposition);
  const { page } = await open({ ...run, tensors });
  await bodyRows().first().click();
  await page.getByText('rounds weights directly').waitFor();
});

test('shows a long name whole: where it lies, and its end', async () => {
  const run = quantizeRun(1, true);
  const name = 'module/encoder/transformerStack/layer_1/transformerLayer/multiheadAttention/output/kernel';
  const { page } = await open({ ...run, tensors: run.tensors.map((tensor) => ({ ...tensor, name })) });
  const cell = bodyRows().first().locator('td').first();
  expect(await cell.innerText()).toBe(
    '…oder/transformerStack/layer_1/transformerLayer/\nmultiheadAttention/output/kernel',
  );
  expect(await cell.getAttribute('title')).toBe(name);
  await page.getByRole('textbox', { name: 'Tensors' }).fill('layer_1');
  expect(await bodyRows().count()).toBe(1);
});

describe.each(THEME_KINDS)('in %s', (theme) => {
  test('nothing breaks the policy, and nothing serious is found by axe', async () => {
    await open(quantizeRun(24, true), { theme });
    await panel.screenshot(`quantization-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
  });
});

test('a row that is chosen comes into sight under the head, and the columns stay where they are', async () => {
  const { page } = await open(quantizeRun(60, true), { width: 300 });
  await bodyRows().first().focus();
  await page.keyboard.press('End');
  const box = page.locator('.tensor-table .table-box');
  expect(await box.evaluate((node) => node.scrollTop)).toBeGreaterThan(0);
  await page.keyboard.press('Home');
  const head = (await page.getByRole('columnheader', { name: 'Tensor' }).boundingBox())!;
  const first = (await bodyRows().first().boundingBox())!;
  expect(first.y).toBeGreaterThanOrEqual(head.y + head.height - 1);
  expect(await box.evaluate((node) => node.scrollLeft)).toBe(0);
});

test.each([520, 300])('fits a column of %i pixels', async (width) => {
  await open(quantizeRun(24, true), { theme: 'vscode-dark', width });
  await panel.screenshot(`quantization-${width}-dark`);
  const overflow = await panel.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
