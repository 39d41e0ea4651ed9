import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DecompositionTrace, RateDistortion } from '../../src/protocol/events';
import { QUANTIZATION_METHODS } from '../../src/protocol/jobSpec';
import type { RunView } from '../../src/protocol/messages';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { QuantizationBench } from './page/quantizedRun';
import { THEME_KINDS } from './page/themes';

let browsing: Browsing;
let panel: Panel;
/** Of one model, quantized by `kashin-greedy`: packed, and dequantized; and by methods without a decomposition. */
let packed: RunView;
let portable: RunView;
let dependent: RunView;
let kmeans: RunView;
let measured: RateDistortion;

beforeAll(async () => {
  browsing = await Browsing.start();
  const bench = await QuantizationBench.open();
  packed = await bench.run('kashin-greedy', 'native');
  portable = await bench.run('kashin-greedy', 'portable', '--no-comparison');
  dependent = await bench.run('dependent', 'native', '--bits', '2.7', '--no-comparison');
  kmeans = await bench.run('kmeans', 'native', '--bits', '3', '--no-comparison');
  measured = packed.rateDistortion!;
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

function closing(run: RunView) {
  const summary = run.finished?.summary;
  if (summary?.job !== 'quantize') throw new Error('The run has no closing figures.');
  return summary;
}

/** A number as the panel writes it. */
const minus = (value: number) => value.toPrecision(3).replace('-', '−');
const bodyRows = () => panel.page.getByRole('grid').locator('tbody tr');
const column = (k: number) => bodyRows().locator(`td:nth-child(${k})`).allInnerTexts();
const chosenName = () => panel.page.locator('.tensor-detail .name').innerText();
const section = (name: string) => panel.page.getByRole('region', { name, exact: true });

test('tells what it costs, what it loses, why, and how other methods compare, in this order', async () => {
  const { page } = await open();
  await expect
    .poll(() => page.getByRole('heading', { level: 2 }).allInnerTexts())
    .toEqual(['What it costs', 'What it loses', 'Why', 'Against other methods and bits']);
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
  await expect.poll(() => panel.posted()).toContainEqual({ type: 'openOutput', path: output[0] });
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
  await expect.poll(() => costs.innerText()).toContain(packedSize);
  await costs.getByText('loadQuantized').waitFor();
  await page.getByRole('button', { name: 'Write the Packed File' }).click();
  await expect.poll(() => panel.posted()).toContainEqual({ type: 'pack' });
  await panel.screenshot('quantization-portable-light');
});

test('says nothing of the kind where the packed file was written', async () => {
  const { page } = await open();
  await expect
    .poll(() => page.getByRole('button', { name: 'Write the Packed File' }).isVisible())
    .toBe(false);
});

test('shows a task before and after', async () => {
  await open();
  const { after } = packed.quality![0]!;
  const losses = await section('What it loses').innerText();
  expect(losses).toContain('Largest output: agreement');
  expect(losses).toContain(`1.000 → ${after.toFixed(3)}`);
  const bits = closing(packed).bitsPerWeight.file.toFixed(3);
  expect(losses).toContain(
    `worse by ${(1 - after).toFixed(3)}; 400 samples; at ${bits} bits a weight, whole file`,
  );
});

test('lists every tensor in the order of the file, and says why one was kept', async () => {
  await open();
  await expect.poll(() => bodyRows().count()).toBe(24);
  await expect.poll(() => column(1)).toEqual(packed.tensors.map(({ name }) => name));
  await expect.poll(async () => (await column(3))[6]).toMatch(/^kept: /);
  await expect
    .poll(() => column(4))
    .toEqual(packed.tensors.map(({ bits, action }) => bits.toFixed(action === 'kept' ? 0 : 3)));
});

test('sorts by a column, back and forth, and then as in the file again', async () => {
  const { page } = await open();
  const head = page.getByRole('columnheader', { name: 'Distortion' });
  const distortions = async () => (await column(5)).filter((text) => text !== '').map(Number);
  await head.getByRole('button').click();
  await expect.poll(() => head.getAttribute('aria-sort')).toBe('descending');
  const descending = await distortions();
  expect(descending).toEqual([...descending].sort((a, b) => b - a));
  await head.getByRole('button').click();
  await expect.poll(() => head.getAttribute('aria-sort')).toBe('ascending');
  await expect.poll(distortions).toEqual([...descending].reverse());
  await head.getByRole('button').click();
  await expect.poll(() => head.getAttribute('aria-sort')).toBeNull();
  await expect.poll(async () => (await column(1))[0]).toBe('encoder/layer_0/query/kernel');
});

test('filters by name', async () => {
  const { page } = await open();
  await page.getByRole('textbox', { name: 'Tensors' }).fill('layer_1/dense');
  await expect.poll(() => bodyRows().count()).toBe(3);
  await expect.poll(() => page.locator('.filter').innerText()).toContain('3 of 24');
});

test('opens at its top, and stays there while the run goes', async () => {
  const { page } = await open(running(3), { height: 500 });
  const scrolled = () => page.evaluate(() => document.scrollingElement!.scrollTop);
  expect(await scrolled()).toBe(0);
  await panel.send({ type: 'snapshot', run: packed });
  await frames(page);
  expect(await scrolled()).toBe(0);
  await bodyRows().last().click();
  await expect.poll(scrolled).toBeGreaterThan(0);
});

test('grows while the run goes, and keeps what is chosen', async () => {
  const { page } = await open(running(5));
  await expect.poll(() => bodyRows().count()).toBe(5);
  await expect.poll(chosenName).toBe('encoder/layer_0/query/kernel');
  await expect.poll(() => section('What it costs').innerText()).toContain('so far');
  await page.getByText('encoder/layer_0/value/kernel').click();
  await panel.send({
    type: 'increment',
    summary: { ...running(0).summary, progress: { fraction: 0.6, what: 'encoder/layer_0/dense_2/kernel' } },
    series: [],
    tensors: packed.tensors.slice(5, 7),
    messages: [{ level: 'warning', text: 'encoder/layer_0/dense_2/kernel: slow.' }],
  });
  await expect.poll(() => bodyRows().count()).toBe(7);
  await expect.poll(chosenName).toBe('encoder/layer_0/value/kernel');
  await expect.poll(() => page.locator('.run-header').innerText()).toContain('60 %');
  await section('What it loses').getByText('dense_2/kernel: slow.').waitFor();
  await expect.poll(() => section('Against other methods and bits').isVisible()).toBe(false);
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
  await expect
    .poll(() => page.locator('tr[aria-selected="true"] td').first().innerText())
    .toBe('encoder/layer_0/value/kernel');
  await expect.poll(chosenName).toBe('encoder/layer_0/value/kernel');
  await expect.poll(() => page.locator('tbody tr[tabindex="0"]').count()).toBe(1);
  await expect.poll(() => panel.state()).toMatchObject({ selected: 'encoder/layer_0/value/kernel' });
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
  await expect.poll(() => read(/Line chart of ‖r‖/, 'Home')).toBe('step 0: ‖r‖ / ‖x‖ 1.');
  const first = decomposition!.flatness![0]!.toPrecision(4);
  await expect
    .poll(() => read(/Line chart of ρ.*healthy 0\.75 to 0\.8; stalls below 0\.4/, 'Home'))
    .toBe(`step 0: ρ ${first}.`);
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
  const saved = await panel.newest('saveText');
  expect(String(saved['text']).split('\n')).toHaveLength(counts.length + 2);
});

test('the map of both factors is read cell by cell with the four arrows', async () => {
  const { page } = await open();
  const { bins, counts } = packed.tensors[0]!.decomposition!.joint!;
  const size = `Map of ${bins} by ${bins} cells`;
  const unit = 'both in units of the root mean square of x, with 16 centroids';
  const chart = page.getByRole('application', { name: new RegExp(`${size} .*${unit}`) });
  const status = chart.locator('xpath=ancestor::section[1]//*[@role="status"]');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  const most = Math.max(...counts);
  await expect.poll(() => status.innerText()).toContain(`${most} weights`);
  const at = counts.indexOf(most);
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => status.innerText()).toContain(`${counts[at + 1]!} weights`);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => status.innerText()).toContain(`${counts[at + 1 - bins]!} weights`);
  await page.getByRole('button', { name: 'Show Both factors together as a table' }).click();
  const firstRow = page
    .getByRole('region', { name: 'Table: Both factors together' })
    .locator('tbody tr')
    .first();
  await expect.poll(() => firstRow.innerText()).toContain(String(most));
});

test('chooses a tensor by a click on its bar', async () => {
  const { page } = await open();
  const chart = page.getByRole('application', { name: /SNR, dB over 18 places/ });
  const box = (await chart.boundingBox())!;
  await page.mouse.click(box.x + box.width - 20, box.y + box.height / 2);
  await expect.poll(chosenName).toBe('encoder/layer_2/dense_2/kernel');
});

test('shows the weights of a method without a decomposition, with its levels where they are few', async () => {
  const { page } = await open(kmeans);
  const weights = page.locator('section.chart', { hasText: 'Weights' }).getByRole('application').first();
  const { centroids } = kmeans.tensors[0]!.histogram!;
  expect(centroids).toHaveLength(8);
  await expect
    .poll(() => weights.getAttribute('aria-label'))
    .toContain(`centroids at ${minus(centroids[0]!)}`);
  await expect.poll(() => page.getByRole('columnheader').allInnerTexts()).not.toContain('Steps');
  await expect.poll(() => page.getByRole('application', { name: /Line chart of ρ/ }).count()).toBe(0);
  await panel.screenshot('quantization-kmeans-light');
});

test('draws no levels where there is a fine grid of them', async () => {
  const { page } = await open(dependent);
  const weights = page.locator('section.chart', { hasText: 'Weights' }).getByRole('application').first();
  await expect.poll(() => weights.getAttribute('aria-label')).not.toContain('centroids');
});

test('says that a decomposition stalled, why, and what became of it', async () => {
  const [first, ...others] = packed.tensors;
  const decomposition: DecompositionTrace = {
    ...first!.decomposition!,
    vectors: 64,
    transform: 'rows',
    fallback: { steps: 30, residual: 0.31, flatness: 0.18, cause: 'its largest row is 5.1 times the mean' },
    unfinished: { cause: 'stalled', vectors: 3 },
  };
  await open({ ...packed, tensors: [{ ...first!, decomposition }, ...others] });
  const why = await section('Why').innerText();
  expect(why).toContain('Q mixes each row on its own (64 vectors, each with a scale of its own).');
  expect(why).toContain('stalled after 30 steps, at a residual of 0.31 and ρ 0.18: its largest row is 5.1');
  expect(why).toContain('3 vectors stalled short of the tolerance');
  expect(why).toMatch(/Health ratio ρ\s+[\d.]+\s+stalled/);
  await expect.poll(async () => (await column(8))[0]).toMatch(/^stalled /);
});

describe('the rate–distortion picture', () => {
  const chart = () => panel.page.getByRole('application', { name: /over true bits a weight/ });
  const status = () => chart().locator('xpath=ancestor::section[1]//*[@role="status"]').innerText();
  const limit = (bits: number) => 20 * Math.log10(2) * bits;
  const own = () =>
    measured.rows.find(({ method, bits }) => method === 'kashin-greedy' && bits.nominal === 4)!;

  /** Methods, the nearest to the limit first. */
  function ranked(): readonly string[] {
    const gap = (method: string) => {
      const rows = measured.rows.filter((row) => row.method === method);
      return rows.reduce((sum, { bits, snrDb }) => sum + limit(bits.true) - snrDb, 0) / rows.length;
    };
    return [...new Set(measured.rows.map(({ method }) => method))].sort((a, b) => gap(a) - gap(b));
  }

  test('has every method of the product at the bits that it offers, dependent the best of them', async () => {
    const { page } = await open();
    const names = await page.locator('.chart.many .legend button').allInnerTexts();
    expect(names).toEqual(ranked());
    expect([...names].sort()).toEqual([...QUANTIZATION_METHODS].sort());
    expect(names[0]).toBe('dependent');
  });

  test('is read mark by mark: left and right along a method, up and down between methods', async () => {
    const { page } = await open();
    const { bits, snrDb } = own();
    await chart().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(status).toContain('kashin-greedy, 4 bits, as in this run: ');
    await expect.poll(status).toContain(`true bits ${bits.true.toFixed(3)}; SNR ${snrDb.toFixed(2)} dB`);
    await expect.poll(status).toContain(`below the limit ${(limit(bits.true) - snrDb).toFixed(2)} dB`);
    await page.keyboard.press('ArrowUp');
    const better = ranked()[ranked().indexOf('kashin-greedy') - 1]!;
    await expect.poll(status).toMatch(new RegExp(`^${better}, `));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(status).toMatch(/^kashin-greedy, 3 bits: /);
    await page.keyboard.press('Home');
    await expect.poll(status).toMatch(/^kashin-greedy, 2 bits: /);
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
    expect(ranked()).toContain(/^([\w-]+), \d bits/.exec(seen)?.[1]);
    expect(seen).toMatch(/(below|above) the limit/);
  });

  test('has a table with nominal and true bits, and the same as CSV', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Show Rate and distortion as a table' }).click();
    const table = page.getByRole('region', { name: 'Table: Rate and distortion' });
    await expect.poll(() => table.locator('tbody tr').count()).toBe(measured.rows.length);
    await expect.poll(() => table.locator('th').allInnerTexts()).toContain('true bits');
    await page.getByRole('button', { name: 'Save the data of Rate and distortion as CSV' }).click();
    const saved = await panel.newest('saveText');
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
    await expect.poll(() => panel.page.getByRole('radio', { name: 'To the limit' }).isChecked()).toBe(true);
    await expect.poll(() => chart().getAttribute('aria-label')).toContain('above the limit');
  });

  test('compares all methods at the true bits of the run, with the limit', async () => {
    const { page } = await open();
    const { bits, snrDb } = own();
    const table = page.getByRole('region', { name: `Table: At ${bits.true.toFixed(2)} true bits a weight` });
    const rows = await table
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    expect(rows[0]).toContain(`${limit(bits.true).toFixed(1)} dB`);
    const names = rows.slice(1).map(([name]) => name);
    expect([...names].sort()).toEqual([...QUANTIZATION_METHODS].sort());
    const snrs = rows.slice(1).map((row) => Number.parseFloat(row[1]!.replace('≈ ', '')));
    expect(snrs).toEqual([...snrs].sort((a, b) => b - a));
    await expect.poll(() => table.locator('tr.own').innerText()).toContain(`${snrDb.toFixed(1)} dB`);
    await expect
      .poll(() => table.locator('tr.limit').getAttribute('title'))
      .toContain('may lie above the line');
  });

  test('gives a run whose bits were not tried a mark of its own', async () => {
    const { page } = await open({ ...dependent, rateDistortion: measured });
    const { bitsPerWeight, snrDb } = closing(dependent);
    await chart().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(status).toContain('dependent, 2.7 bits, this run: ');
    await expect
      .poll(status)
      .toContain(`true bits ${bitsPerWeight.weights.toFixed(3)}; SNR ${snrDb.toFixed(2)} dB`);
  });

  test('says that it is not finished where the run was stopped meanwhile', async () => {
    const finished = {
      ...packed.finished!,
      summary: { ...closing(packed), unfinished: ['comparison' as const] },
    };
    const rows = measured.rows.slice(0, 3);
    const { page } = await open({ ...packed, finished, rateDistortion: { ...measured, rows } });
    const text = await section('Against other methods and bits').innerText();
    expect(text).toContain('Not finished: the run was stopped before every method was tried');
    await expect.poll(() => page.locator('.chart.many').isVisible()).toBe(true);
  });

  test('where other methods were not tried, says how they are', async () => {
    await open(portable);
    await section('Against other methods and bits').getByText('weightroom rate-distortion').waitFor();
    await expect.poll(() => chart().count()).toBe(0);
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
  await expect
    .poll(() => cell.innerText())
    .toBe('…oder/transformerStack/layer_1/transformerLayer/\nmultiheadAttention/output/kernel');
  await expect.poll(() => cell.getAttribute('title')).toBe(name);
  await page.getByRole('textbox', { name: 'Tensors' }).fill('layer_1');
  await expect.poll(() => bodyRows().count()).toBe(1);
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
  await expect.poll(() => box.evaluate((node) => node.scrollTop)).toBeGreaterThan(0);
  await page.keyboard.press('Home');
  const head = (await page.getByRole('columnheader', { name: 'Tensor' }).boundingBox())!;
  const first = (await bodyRows().first().boundingBox())!;
  expect(first.y).toBeGreaterThanOrEqual(head.y + head.height - 1);
  await expect.poll(() => box.evaluate((node) => node.scrollLeft)).toBe(0);
});

test.each([520, 300])('fits a column of %i pixels', async (width) => {
  await open(portable, { theme: 'vscode-dark', width });
  await panel.screenshot(`quantization-narrow-${width}-dark`);
  const overflow = await panel.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
