import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RateDistortion } from '../../src/protocol/events';
import type { RunView } from '../../src/protocol/messages';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { QuantizationBench } from './page/quantizedRun';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;
/** Of one model, quantized by `kashin-greedy`: packed, and dequantized. */
let packed: RunView;
let portable: RunView;
let measured: RateDistortion;

beforeAll(async () => {
  browsing = await Browsing.start();
  const bench = await QuantizationBench.open();
  packed = await bench.run('kashin-greedy', 4, 'native');
  portable = await bench.run('kashin-greedy', 4, 'portable');
  measured = await bench.rateDistortion();
  packed = { ...packed, rateDistortion: measured };
  portable = { ...portable, rateDistortion: measured };
  await bench.close();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(run = packed, options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('quantization', options);
  await panel.send({ type: 'snapshot', run });
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
  await frames(panel.page);
  return panel;
}

/** The run as it was after its first tensors. */
function running(tensors: number): RunView {
  const { summary, spec, series } = packed;
  return {
    summary: { ...summary, state: 'running', progress: { fraction: 0.2, what: 'encoder/layer_0' } },
    spec,
    series,
    tensors: packed.tensors.slice(0, tensors),
    messages: [],
  };
}

/** What the measurement says of the method and bits of the run. */
function ownRow() {
  return measured.rows.find(({ method, bits }) => method === 'kashin-greedy' && bits.nominal === 4)!;
}

function closing(run: RunView) {
  const summary = run.finished?.summary;
  if (summary?.job !== 'quantize') throw new Error('The run has no closing figures.');
  return summary;
}

const bodyRows = () => panel.page.getByRole('grid').locator('tbody tr');
const column = (k: number) => bodyRows().locator(`td:nth-child(${k})`).allInnerTexts();
const chosenName = () => panel.page.locator('.tensor-detail .name').innerText();
const section = (name: string) => panel.page.getByRole('region', { name, exact: true });

test('tells what it costs, what it loses, why, and how other methods compare, in this order', async () => {
  const { page } = await open();
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
    'What it costs',
    'What it loses',
    'Why',
    'Against other methods and bits',
  ]);
});

test('shows sizes, and true bits of the whole file beside the nominal ones', async () => {
  const { page } = await open();
  const { bytes, bitsPerWeight, output } = closing(packed);
  const costs = await section('What it costs').innerText();
  expect(costs).toContain(`${(bytes.before / bytes.after).toFixed(1)} times smaller`);
  expect(costs).toContain(bitsPerWeight.file.toFixed(3));
  expect(costs).toContain(`4 nominal; ${bitsPerWeight.weights.toFixed(3)} in the quantized weights`);
  expect(bitsPerWeight.file).toBeGreaterThan(bitsPerWeight.weights);
  await page.getByRole('button', { name: 'model.w4.native.safetensors' }).click();
  expect(await panel.posted()).toContainEqual({ type: 'openOutput', path: output[0] });
});

test('draws the sizes to one scale, and what the packed file is made of', async () => {
  const { page } = await open();
  const { bytes } = closing(packed);
  const widths = await page
    .locator('.sizes .track')
    .evaluateAll((tracks) =>
      tracks.map((track) =>
        [...track.children].reduce((sum, piece) => sum + piece.getBoundingClientRect().width, 0),
      ),
    );
  expect(widths[1]! / widths[0]!).toBeCloseTo(bytes.after / bytes.before, 1);
  const key = await page.locator('.sizes-key').innerText();
  expect(key).toMatch(/quantized weights [\d.]+ kB.*kept tensors 1\.54 kB.*names and shapes/s);
});

test('says of a portable file that it is as large as before, and writes the packed one on request', async () => {
  const { page } = await open(portable);
  const costs = section('What it costs');
  await costs.getByText('The portable file is as large as before.').waitFor();
  const packedSize = `${(closing(packed).bytes.after / 1000).toFixed(1)} kB`;
  expect(await costs.innerText()).toContain(packedSize);
  await costs.getByText('loadQuantized').waitFor();
  await page.getByRole('button', { name: 'Write the Packed File' }).click();
  expect(await panel.posted()).toContainEqual({ type: 'pack' });
  await panel.screenshot('quantization-portable-light');
});

test('says nothing of the kind where the packed file was written', async () => {
  const { page } = await open();
  expect(await page.getByRole('button', { name: 'Write the Packed File' }).isVisible()).toBe(false);
});

test('shows a task before and after', async () => {
  await open();
  const { after } = packed.quality![0]!;
  const losses = await section('What it loses').innerText();
  expect(losses).toContain('Largest output: agreement');
  expect(losses).toContain(`1.000 → ${after.toFixed(3)}`);
  expect(losses).toContain(`worse by ${(1 - after).toFixed(3)}; 400 samples`);
});

test('lists every tensor in the order of the file, and says why one was kept', async () => {
  await open();
  expect(await bodyRows().count()).toBe(24);
  expect(await column(1)).toEqual(packed.tensors.map(({ name }) => name));
  expect((await column(3))[6]).toMatch(/^kept: /);
  expect(await column(4)).toEqual(
    packed.tensors.map(({ bits, action }) => bits.toFixed(action === 'kept' ? 0 : 3)),
  );
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
  const { page } = await open(running(5));
  expect(await bodyRows().count()).toBe(5);
  expect(await chosenName()).toBe('encoder/layer_0/query/kernel');
  expect(await section('What it costs').innerText()).toContain('so far');
  await page.getByText('encoder/layer_0/value/kernel').click();
  await panel.send({
    type: 'increment',
    summary: { ...running(0).summary, progress: { fraction: 0.6, what: 'encoder/layer_0/dense_2/kernel' } },
    series: [],
    tensors: packed.tensors.slice(5, 7),
    messages: [{ level: 'warning', text: 'encoder/layer_0/dense_2/kernel: slow.' }],
  });
  await expect.poll(() => bodyRows().count()).toBe(7);
  expect(await chosenName()).toBe('encoder/layer_0/value/kernel');
  expect(await page.locator('.run-header').innerText()).toContain('60 %');
  await section('What it loses').getByText('dense_2/kernel: slow.').waitFor();
  expect(await section('Against other methods and bits').isVisible()).toBe(false);
  await panel.screenshot('quantization-running-light');
});

test('takes in the picture and a task that are measured later', async () => {
  await open(running(5));
  await panel.send({
    type: 'increment',
    summary: packed.summary,
    series: [],
    tensors: packed.tensors.slice(5),
    messages: [],
    rateDistortion: measured,
    quality: packed.quality,
    finished: packed.finished,
  });
  await section('Against other methods and bits').getByText('kashin-greedy').first().waitFor();
  await section('What it loses').getByText('Largest output: agreement').waitFor();
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
  expect(await chosenName()).toBe('encoder/layer_0/value/kernel');
  expect(await page.locator('tbody tr[tabindex="0"]').count()).toBe(1);
  expect(await panel.state()).toMatchObject({ selected: 'encoder/layer_0/value/kernel' });
});

test('shows the residual and the health ratio by step', async () => {
  const { page } = await open();
  const { decomposition } = packed.tensors[0]!;
  const read = async (name: RegExp, key: string) => {
    const chart = page.getByRole('application', { name });
    await chart.focus();
    await page.keyboard.press(key);
    return chart.locator('xpath=ancestor::section[1]//*[@role="status"]').innerText();
  };
  expect(await read(/Line chart of ‖r‖/, 'Home')).toBe('step 0: ‖r‖ / ‖x‖ 1.');
  const first = decomposition!.flatness![0]!.toPrecision(4);
  expect(await read(/Line chart of ρ.*healthy 0\.75 to 0\.8; stalls below 0\.4/, 'Home')).toBe(
    `step 0: ρ ${first}.`,
  );
  const figures = await section('Why').innerText();
  expect(figures).toMatch(/Health ratio ρ\s+0\.7\d+\s+healthy/);
  expect(figures).toMatch(/Max-norm constant of u\s+[\d.]+/);
});

test('shows both factors with their centroids', async () => {
  const { page } = await open();
  const { centroids, counts } = packed.tensors[0]!.decomposition!.histogram.u;
  const chart = page.locator('section.chart', { hasText: 'Factor u' }).getByRole('application');
  const name = await chart.getAttribute('aria-label');
  expect(name).toContain('centroids at');
  expect(name).toContain(centroids.at(-1)!.toPrecision(3));
  await page.getByRole('button', { name: 'Save the data of Factor u as CSV' }).click();
  const saved = (await panel.posted()).find(({ type }) => type === 'saveText')!;
  expect(String(saved['text']).split('\n')).toHaveLength(counts.length + 2);
});

test('the map of both factors is read cell by cell with the four arrows', async () => {
  const { page } = await open();
  const { counts } = packed.tensors[0]!.decomposition!.joint!;
  const chart = page.getByRole('application', {
    name: /Map of 60 by 60 cells .* in units of the root mean square of x, with 16 centroids/,
  });
  const status = chart.locator('xpath=ancestor::section[1]//*[@role="status"]');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  const most = Math.max(...counts);
  expect(await status.innerText()).toContain(`${most} weights`);
  const at = counts.indexOf(most);
  await page.keyboard.press('ArrowUp');
  expect(await status.innerText()).toContain(`${counts[at + 1]!} weights`);
  await page.keyboard.press('ArrowLeft');
  expect(await status.innerText()).toContain(`${counts[at + 1 - 60]!} weights`);
  await page.getByRole('button', { name: 'Show Both factors together as a table' }).click();
  const firstRow = page
    .getByRole('region', { name: 'Table: Both factors together' })
    .locator('tbody tr')
    .first();
  expect(await firstRow.innerText()).toContain(String(most));
});

test('chooses a tensor by a click on its bar', async () => {
  const { page } = await open();
  const chart = page.getByRole('application', { name: /SNR, dB over 18 places/ });
  const box = (await chart.boundingBox())!;
  await page.mouse.click(box.x + box.width - 20, box.y + box.height / 2);
  expect(await chosenName()).toBe('encoder/layer_2/dense_2/kernel');
});

test('says that a method without a decomposition has none', async () => {
  const tensors = packed.tensors.map((tensor) => {
    const plain = { ...tensor, iterations: 0 };
    delete plain.decomposition;
    return plain;
  });
  const { page } = await open({ ...packed, tensors });
  await bodyRows().first().click();
  await page.getByText('rounds weights directly').waitFor();
  expect(await page.getByRole('columnheader').allInnerTexts()).not.toContain('Steps');
});

describe('the rate–distortion picture', () => {
  const chart = () => panel.page.getByRole('application', { name: /over true bits a weight/ });
  const status = () => chart().locator('xpath=ancestor::section[1]//*[@role="status"]').innerText();

  test('is read mark by mark: left and right along a method, up and down between methods', async () => {
    const { page } = await open();
    const own = ownRow();
    const rtn = measured.rows.filter(({ method }) => method === 'rtn');
    await chart().focus();
    await page.keyboard.press('ArrowRight');
    expect(await status()).toContain('kashin-greedy, 4 bits, this run: ');
    expect(await status()).toContain(`true bits ${own.bits.true.toFixed(3)}; SNR ${own.snrDb.toFixed(2)} dB`);
    const below = 20 * Math.log10(2) * own.bits.true - own.snrDb;
    expect(await status()).toContain(`below the limit ${below.toFixed(2)} dB`);
    await page.keyboard.press('ArrowUp');
    expect(await status()).toMatch(/^rtn, 4 bits: /);
    await page.keyboard.press('ArrowRight');
    expect(await status()).toContain(`true bits ${rtn[2]!.bits.true.toFixed(3)}`);
    await page.keyboard.press('Home');
    expect(await status()).toMatch(/^rtn, 3 bits: /);
  });

  test('the pointer finds a mark', async () => {
    const { page } = await open(packed, { state: { rateDistortion: { scale: 'gap', hidden: [] } } });
    await chart().scrollIntoViewIfNeeded();
    const box = (await chart().boundingBox())!;
    const tip = page.locator('.chart.many .tip');
    // Somewhere on the way across the curves there is one.
    let seen = '';
    for (let x = 60; x < box.width && seen === ''; x += 10) {
      for (let y = 20; y < box.height - 50 && seen === ''; y += 20) {
        await page.mouse.move(box.x + x, box.y + y);
        if (await tip.isVisible()) seen = await tip.innerText();
      }
    }
    expect(seen).toMatch(/^(dependent|rtn|kashin-greedy), \d bits/);
    expect(seen).toMatch(/(below|above) the limit/);
  });

  test('has a table with nominal and true bits, and the same as CSV', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Show Rate and distortion as a table' }).click();
    const table = page.getByRole('region', { name: 'Table: Rate and distortion' });
    expect(await table.locator('tbody tr').count()).toBe(measured.rows.length);
    expect(await table.locator('th').allInnerTexts()).toContain('true bits');
    await page.getByRole('button', { name: 'Save the data of Rate and distortion as CSV' }).click();
    const saved = (await panel.posted()).find(({ type }) => type === 'saveText')!;
    const rows = String(saved['text']).trim().split('\n');
    expect(rows[0]).toContain('nominal bits,true bits');
    expect(rows).toHaveLength(1 + measured.rows.length);
  });

  test('keeps its scale and hidden methods over a reload', async () => {
    const { page } = await open();
    await page.getByRole('radio', { name: 'To the limit' }).check();
    await page.locator('.chart.many').getByRole('button', { name: 'rtn' }).click();
    const state = await panel.state();
    expect(state).toMatchObject({ rateDistortion: { scale: 'gap', hidden: ['rtn'] } });
    await panel.close();
    await open(packed, { state });
    expect(await panel.page.getByRole('radio', { name: 'To the limit' }).isChecked()).toBe(true);
    expect(await chart().getAttribute('aria-label')).toContain('above the limit');
  });

  test('compares all methods at the true bits of the run, with the limit', async () => {
    const { page } = await open();
    const own = ownRow();
    const table = page.getByRole('region', {
      name: `Table: At ${own.bits.true.toFixed(2)} true bits a weight`,
    });
    const rows = await table.locator('tbody tr').allInnerTexts();
    expect(rows[0]).toContain(`${(20 * Math.log10(2) * own.bits.true).toFixed(1)} dB`);
    expect(rows.map((row) => row.split('\t')[0])).toEqual([
      'Shannon’s limit, Gaussian',
      'dependent',
      'rtn',
      'kashin-greedy',
    ]);
    expect(await table.locator('tr.own').innerText()).toContain(`${own.snrDb.toFixed(1)} dB`);
    expect(await table.locator('tr.limit').getAttribute('title')).toContain('may lie above the line');
  });

  test.each(['snr', 'distortion', 'gap'] as const)('draws %s', async (scale) => {
    await open(packed, { state: { rateDistortion: { scale, hidden: [] } } });
    await panel.screenshot(`quantization-rate-distortion-${scale}`);
    expect(panel.trouble).toEqual([]);
  });
});

test('shows a long name whole: where it lies, and its end', async () => {
  const name = 'module/encoder/transformerStack/layer_1/transformerLayer/multiheadAttention/output/kernel';
  const { page } = await open({
    ...packed,
    tensors: packed.tensors.slice(0, 1).map((tensor) => ({ ...tensor, name })),
  });
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
    await open(packed, { theme });
    await panel.screenshot(`quantization-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
  });
});

test('a row that is chosen comes into sight under the head, and the columns stay where they are', async () => {
  const tensors = Array.from({ length: 60 }, (_, i) => {
    return { ...packed.tensors[i % packed.tensors.length]!, name: `layer_${i}/kernel` };
  });
  const { page } = await open({ ...packed, tensors }, { width: 300 });
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
  await open(portable, { theme: 'vscode-dark', width });
  await panel.screenshot(`quantization-narrow-${width}-dark`);
  const overflow = await panel.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
