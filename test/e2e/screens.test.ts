import { beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from './editor/accessibility';
import { makeFinishedRuns } from './editor/finishedRuns';
import { useEditor } from './editor/fixture';
import { saveScreenshot } from './editor/screenshots';
import { chooseTheme, THEMES } from './editor/themes';
import { webview } from './editor/webviews';
import { openSideBar, rowsOf, runCommand } from './editor/workbench';

const editor = useEditor({ prepare: makeFinishedRuns });
beforeAll(async () => {
  await openSideBar(editor().page);
  await rowsOf(editor().page, 'Runs').nth(1).waitFor();
});

test('the Engines view names every engine with its device', async () => {
  const engines = rowsOf(editor().page, 'Engines');
  await engines.nth(2).waitFor();
  await expect
    .poll(() => engines.allInnerTexts())
    .toEqual([
      expect.stringMatching(/^TensorFlow\s*(CPU|NVIDIA).*\d+\.\d+/s),
      expect.stringMatching(/^WebAssembly\s*CPU/),
      expect.stringMatching(/^JavaScript\s*CPU/),
    ]);
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
