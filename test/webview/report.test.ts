import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RunView } from '../../src/protocol/messages';
import type { ReportDocument } from '../../src/protocol/report';
import { renderHtml } from '../../src/runs/export/html';
import { Browsing, frames, type Panel } from './page/browser';
import { QuantizationBench } from './page/quantizedRun';
import { finishedRun, instrumentedRun, studyRun, sweepRun } from './page/runs';

let browsing: Browsing;
let panel: Panel;
let document: ReportDocument;

beforeAll(async () => {
  browsing = await Browsing.start();
  const bench = await QuantizationBench.open();
  const greedy = await bench.run('kashin-greedy', 'native');
  const rounded = await bench.run('rtn', 'native', '--bits', '3', '--no-comparison');
  await bench.close();
  document = reportDocument(greedy, rounded);
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(colorScheme: 'light' | 'dark', shown = document): Promise<Panel> {
  const folder = path.join(process.env['WEIGHTROOM_DIST'] ?? 'dist', 'webview');
  const script = await readFile(path.join(folder, 'report.js'), 'utf8');
  const style = await readFile(path.join(folder, 'report.css'), 'utf8');
  panel = await browsing.show(renderHtml(shown, { script, style }), { colorScheme });
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
  await frames(panel.page);
  return panel;
}

test('draws what a study found, beside the published figures', async () => {
  const { page } = await open('light', {
    title: 'A study',
    subtitle: '',
    sections: [{ kind: 'runs', heading: 'Charts', runs: [studyRun()] }],
  });
  await expect
    .poll(() => page.getByRole('heading', { level: 3 }).allInnerTexts())
    .toEqual(['Next byte of Shakespeare']);
  const rows = page.getByRole('region', { name: 'Table: Figures' }).locator('tbody tr');
  await expect.poll(() => rows.allInnerTexts()).toHaveLength(6);
  await expect.poll(() => rows.last().innerText()).toContain('as published');
  expect(await panel.accessibility()).toEqual([]);
});

test('draws the results of a sweep: a table of its settings, and parallel coordinates', async () => {
  const run = sweepRun();
  const { page } = await open('light', {
    title: 'A sweep',
    subtitle: '',
    sections: [{ kind: 'runs', heading: 'Charts', runs: [run] }],
  });
  const settings = new Set(run.trials!.map(({ parameters }) => JSON.stringify(parameters)));
  const rows = page.getByRole('table').first().locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(settings.size);
  await expect.poll(() => page.getByRole('application', { name: /parallel/i }).count()).toBe(1);
  await panel.screenshot('report-sweep');
  expect(await panel.accessibility()).toEqual([]);
  expect(panel.trouble).toEqual([]);
});

test('draws what instruments said of a run', async () => {
  const { page } = await open('light', {
    title: 'A run',
    subtitle: '',
    sections: [{ kind: 'runs', heading: 'Charts', runs: [instrumentedRun()] }],
  });
  await page.getByText('times what the curvature allows').waitFor();
  await expect
    .poll(() => page.getByRole('application', { name: /^Line chart of Norm test/ }).count())
    .toBe(1);
  await expect.poll(() => page.getByRole('button', { name: /in the experiment/ }).count()).toBe(0);
  expect(await panel.accessibility()).toEqual([]);
  expect(panel.trouble).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'draws all sections in %s, within its policy and without findings',
  async (scheme) => {
    const { page } = await open(scheme);
    await expect
      .poll(() => page.getByRole('heading', { level: 2 }).allInnerTexts())
      .toEqual([
        'What was done',
        'Quality',
        'What it costs',
        'What it loses',
        'Why',
        'Against other methods and bits',
        'Two quantizations',
        'Training',
      ]);
    await expect.poll(() => page.getByText('</script> & more').count()).toBe(1);
    await expect
      .poll(() => page.getByRole('region', { name: 'Table: Quality' }).innerText())
      .toContain('NaN');
    await expect
      .poll(() => page.locator('th.number').allInnerTexts())
      .toEqual(expect.arrayContaining(['Bytes', 'SNR', 'Accuracy']));
    await page
      .getByRole('application', { name: /Line chart of mnist, momentum: train loss|MNIST/i })
      .first()
      .waitFor();
    await expect
      .poll(() => page.getByRole('application', { name: /SNR, dB over 18 places/ }).count())
      .toBe(2);
    await expect
      .poll(() => page.getByRole('application', { name: /over true bits a weight/ }).count())
      .toBe(2);
    await expect.poll(() => page.getByRole('button', { name: 'Write the Packed File' }).count()).toBe(0);
    await panel.screenshot(`report-${scheme}`);
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
  },
);

test('saves the data of a chart as a download', async () => {
  const { page } = await open('light');
  const download = page.waitForEvent('download');
  await page
    .getByRole('button', { name: 'Save the data of Signal-to-noise ratio by tensor as CSV' })
    .first()
    .click();
  expect((await download).suggestedFilename()).toBe('signal-to-noise-ratio-by-tensor.csv');
});

test('prints dark on white, whatever the screen shows', async () => {
  const { page } = await open('dark');
  const brightest = () =>
    page
      .locator('.plot canvas')
      .first()
      .evaluate((node: HTMLCanvasElement) => {
        const pixels = node.getContext('2d')!.getImageData(0, 0, node.width, node.height).data;
        let most = 0;
        for (let i = 0; i < pixels.length; i += 4) {
          if (pixels[i + 3] === 255)
            most = Math.max(most, Math.min(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!));
        }
        return most;
      });
  await expect.poll(brightest).toBeGreaterThan(150);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  // The charts are drawn anew with the next frame.
  await expect.poll(brightest).toBeLessThan(120);
  await panel.screenshot('report-print');
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
});

function reportDocument(greedy: RunView, rounded: RunView): ReportDocument {
  return {
    title: 'Two quantizations and two trainings',
    subtitle: 'Measured on 2 cores, 22 November 2026 </script> & more',
    sections: [
      {
        kind: 'text',
        heading: 'What was done',
        paragraphs: ['A transformer of seven million parameters was quantized to four bits, by two methods.'],
      },
      {
        kind: 'table',
        heading: 'Quality',
        columns: ['Model', 'Bytes', 'SNR', 'Accuracy'],
        rows: [
          ['float32', 28_311_552, '–', 0.9733],
          ['kashin-greedy, 4 bits', 3_580_244, '20.28 dB', 0.97],
          ['never measured', 0, '–', Number.NaN],
        ],
        note: 'Accuracy on 300 held-out mails.',
      },
      { kind: 'quantization', run: greedy },
      { kind: 'runs', heading: 'Two quantizations', runs: [greedy, rounded] },
      {
        kind: 'runs',
        heading: 'Training',
        runs: [
          finishedRun(),
          { ...finishedRun(), summary: { ...finishedRun().summary, name: 'MNIST, momentum' } },
        ],
      },
    ],
  };
}
