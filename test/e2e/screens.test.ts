import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { dist } from '../../scripts/lib/paths.mjs';
import { seriousFindings } from './editor/accessibility';
import { useEditor } from './editor/fixture';
import { saveScreenshot } from './editor/screenshots';
import { chooseTheme, THEMES } from './editor/themes';
import { webview } from './editor/webviews';
import { openSideBar, rowsOf, runCommand } from './editor/workbench';

const editor = useEditor({ prepare: makeRuns });
beforeAll(async () => {
  await openSideBar(editor().page);
  await rowsOf(editor().page, 'Runs').nth(1).waitFor();
});

describe.each(THEMES)('$kind', (theme) => {
  test('the run panel and the Run view', async () => {
    await chooseTheme(editor().page, theme);
    await openRun('MNIST');
    const panel = await webview(editor().page, 'run');
    await panel.locator('.state[data-state="done"]').waitFor();
    await panel.locator('canvas').first().waitFor();
    await saveScreenshot(editor().page, `${theme.kind}-run`);
    expect(await seriousFindings(panel)).toEqual([]);
    expect(await seriousFindings(await webview(editor().page, 'launcher'))).toEqual([]);
  });

  test('the quantization report', async () => {
    await openRun('tiny-encoder');
    const report = await webview(editor().page, 'quantization');
    await report.locator('.state[data-state="done"]').waitFor();
    await report.locator('tr.quantized').first().click();
    await saveScreenshot(editor().page, `${theme.kind}-quantization`);
    expect(await seriousFindings(report)).toEqual([]);
  });
});

test('no content policy was violated', () => {
  expect(editor().violations).toEqual([]);
});

async function openRun(name: string): Promise<void> {
  await runCommand(editor().page, 'View: Close All Editors');
  await rowsOf(editor().page, 'Runs').filter({ hasText: name }).first().click();
}

/** Two finished runs, made from a terminal before the window is opened. */
async function makeRuns(workspace: string): Promise<void> {
  const cli = (...args: string[]) =>
    promisify(execFile)(process.execPath, [path.join(dist, 'cli.js'), ...args, '--json'], { cwd: workspace });
  await cli('quantize', 'models/tiny-encoder.safetensors', '--method', 'kashin-greedy');
  await cli('run', 'mnist-mlp.ts', '--max-steps', '200');
}
