import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunView } from '../../src/protocol/messages';
import { Browsing, frames, type Panel, type PanelOptions } from './page/browser';
import { instrumentedRun, sweepRun, trainRun } from './page/runs';
import { THEMES } from './page/themes';

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

/** What Chromium reads in an SVG. */
interface Reading {
  readonly root: string;
  readonly size: readonly [width: number, height: number];
  readonly title: string;
  readonly description: string;
  readonly background: string | null;
  readonly texts: readonly string[];
  /** What is stroked and no outline: colour, dash, number of points. */
  readonly strokes: readonly { readonly color: string; readonly dash: string; readonly points: number }[];
  readonly fills: number;
  /** References to what is not in the file. */
  readonly loose: readonly string[];
}

async function openRun(run: RunView = trainRun(), options: PanelOptions = {}): Promise<void> {
  panel = await browsing.open('run', options);
  await panel.send({ type: 'snapshot', run });
  await frames(panel.page);
}

const savedTexts = async () => (await panel.posted()).filter(({ type }) => type === 'saveText');

async function save(title: string): Promise<string> {
  const before = (await savedTexts()).length;
  await panel.page.getByRole('button', { name: `Save ${title} as SVG`, exact: true }).click();
  await expect.poll(async () => (await savedTexts()).length).toBe(before + 1);
  const saved = (await savedTexts()).at(-1)!;
  expect(saved['suggestedName']).toMatch(/^[\w-]+\.svg$/);
  return saved['text'] as string;
}

/** Parses strictly, as a viewer does: an `Error` where the text is no XML. */
function read(svg: string): Promise<Reading> {
  return panel.page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    const broken = parsed.querySelector('parsererror');
    if (broken) throw new Error(broken.textContent);
    const all = <T>(selector: string, of: (node: Element) => T) =>
      [...parsed.querySelectorAll(selector)].map(of);
    const root = parsed.documentElement;
    const targets = all('[clip-path]', (node) => /^url\(#(.+)\)$/.exec(node.getAttribute('clip-path')!)![1]!);
    return {
      root: root.localName,
      size: [Number(root.getAttribute('width')), Number(root.getAttribute('height'))],
      title: parsed.querySelector('svg > title')?.textContent ?? '',
      description: parsed.querySelector('svg > desc')?.textContent ?? '',
      background: parsed.querySelector('svg > rect')?.getAttribute('fill') ?? null,
      texts: all('text', (node) => node.textContent),
      strokes: all('path[stroke]:not([d$="Z"])', (node) => ({
        color: node.getAttribute('stroke')!,
        dash: node.getAttribute('stroke-dasharray') ?? '',
        points: node.getAttribute('d')!.match(/[ML]/g)!.length,
      })),
      fills: parsed.querySelectorAll('path[fill]:not([fill="none"])').length,
      loose: [
        ...targets.filter((id) => !parsed.getElementById(id)),
        ...all('[href], [style], [class]', (node) => node.outerHTML),
      ],
    };
  }, svg);
}

describe('a chart of lines', () => {
  test('is an SVG with a path for every visible series and the texts of its axes', async () => {
    await openRun();
    const reading = await read(await save('Loss'));
    expect(reading.root).toBe('svg');
    expect(reading.title).toBe('Loss');
    expect(reading.description).toMatch(/^Line chart of train loss, test loss over step/);
    expect(reading.background).toBe(THEMES['vscode-light']['editor-background']);
    expect(reading.loose).toEqual([]);
    expect(reading.texts).toEqual(
      expect.arrayContaining(['Loss', 'train loss', 'test loss', 'step', '1,000']),
    );
    const long = reading.strokes.filter(({ points }) => points > 2);
    expect(long).toHaveLength(2);
    expect(new Set(long.map(({ color }) => color)).size).toBe(2);
    expect(long.map(({ dash }) => dash)).toContain('7 3');
    // Each number on an axis stands in the picture.
    expect(reading.texts.filter((text) => /^[\d.,]+$/.test(text)).length).toBeGreaterThan(6);
  });

  test('leaves out a series that is switched off', async () => {
    await openRun();
    await panel.page.getByRole('button', { name: 'test loss' }).click();
    await frames(panel.page);
    const reading = await read(await save('Loss'));
    expect(reading.strokes.filter(({ points }) => points > 2)).toHaveLength(1);
    expect(reading.texts).not.toContain('test loss');
  });

  test('stays on the canvas as it was', async () => {
    await openRun();
    const pixels = () =>
      panel.page.evaluate(() =>
        document.querySelector<HTMLCanvasElement>('.chart .plot canvas')!.toDataURL(),
      );
    const before = await pixels();
    const first = await save('Loss');
    expect(await pixels()).toBe(before);
    expect(await save('Loss')).toBe(first);
    await panel.page.getByRole('application', { name: /^Line chart of train loss/ }).focus();
    await panel.page.keyboard.press('Home');
    await frames(panel.page);
    await expect.poll(pixels).not.toBe(before);
  });
});

test('a map has a rectangle for every cell', async () => {
  await openRun(instrumentedRun());
  await panel.page.getByRole('tab', { name: 'Gradients' }).click();
  await frames(panel.page);
  const reading = await read(await save('All layers'));
  expect(reading.fills).toBeGreaterThanOrEqual(400);
  expect(reading.texts).toEqual(expect.arrayContaining(['All layers', 'conv_1', 'dense_1', 'step']));
  const bars = await read(await save('Gradients of the layer'));
  expect(bars.fills).toBeGreaterThan(10);
  expect(bars.texts).toContain('count');
});

test('parallel coordinates have a line for every setting and the names of their axes', async () => {
  await openRun(sweepRun());
  const reading = await read(await save('Settings and what they reach'));
  const table = panel.page.getByRole('button', { name: 'Show Settings and what they reach as a table' });
  await table.click();
  const region = panel.page.getByRole('region', { name: 'Table: Settings and what they reach' });
  await region.locator('tbody tr').first().waitFor();
  const settings = await region.locator('tbody tr').count();
  const axes = (await region.getByRole('columnheader').allInnerTexts()).slice(0, -3);
  expect(reading.texts).toEqual(expect.arrayContaining(axes));
  // An axis is an upright of two points; a setting is a line over all axes.
  const lines = reading.strokes.filter(({ points }) => points >= axes.length);
  expect(axes.length).toBeGreaterThan(2);
  expect(lines).toHaveLength(settings);
});

test('every chart of the explorer can be saved', async () => {
  panel = await browsing.open('explorer');
  await frames(panel.page);
  const buttons = panel.page.getByRole('button', { name: /^Save .* as SVG$/ });
  const count = await buttons.count();
  expect(count).toBe(await panel.page.getByRole('button', { name: /^Save .* as PNG$/ }).count());
  for (let k = 0; k < count; k++) await buttons.nth(k).click();
  await expect.poll(savedTexts).toHaveLength(count);
  for (const { text } of await savedTexts())
    expect((await read(text as string)).texts.length).toBeGreaterThan(5);
  expect(panel.trouble).toEqual([]);
});

test.each(['vscode-light', 'vscode-high-contrast'] as const)('in %s it looks like the PNG', async (theme) => {
  await openRun(instrumentedRun(), { theme });
  await panel.page.getByRole('tab', { name: 'Gradients' }).click();
  await frames(panel.page);
  const titles = ['Tests of the batch size', 'Gradients against weights'];
  let html = '<!doctype html><title>SVG left, PNG right</title>';
  for (const title of titles) {
    const svg = await save(title);
    await panel.page.getByRole('button', { name: `Save ${title} as PNG`, exact: true }).click();
    const images = async () => (await panel.posted()).filter(({ type }) => type === 'saveImage');
    await expect.poll(async () => (await images()).length).toBe(titles.indexOf(title) + 1);
    const png = Buffer.from((await images()).at(-1)!['png'] as number[]).toString('base64');
    const vector = Buffer.from(svg).toString('base64');
    html += `<img width="49%" src="data:image/svg+xml;base64,${vector}"> <img width="49%" src="data:image/png;base64,${png}"><br>`;
  }
  await panel.close();
  panel = await browsing.show(html, { width: 1900 });
  // Both are pictures of the same size, drawn by the browser.
  const sizes = await panel.page.evaluate(async () => {
    const images = [...document.images];
    await Promise.all(images.map((image) => image.decode()));
    return images.map(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]);
  });
  for (let k = 0; k < sizes.length; k += 2) expect(sizes[k]).toEqual(sizes[k + 1]);
  await panel.screenshot(`svg-beside-png-${theme}`);
});
