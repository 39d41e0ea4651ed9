import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { openModel } from '../../src/modelfile/open';
import { useEditor } from './editor/fixture';
import { acceptSuggestions } from './editor/quantizeQuestions';
import { runFolders } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { webview } from './editor/webviews';
import { openSideBar, rowsOf, runCommand } from './editor/workbench';

const editor = useEditor({ openFolder: false });

test('with no folder open the Run view says what is missing, and the engines are there', async () => {
  const { page } = editor();
  await openSideBar(page);
  const launcher = await webview(page, 'launcher');
  await launcher.getByText('No file here calls defineExperiment yet.').waitFor();
  await rowsOf(page, 'Engines').nth(2).waitFor();
  await saveScreenshot(page, 'no-folder');
});

test('with no folder open a model of the disk is quantized, and its run is kept', async () => {
  const { page, workspace, storage } = editor();
  const model = path.join(workspace, 'models/tiny-encoder.safetensors');
  await runCommand(page, 'Weightroom: Quantize Model…');
  await chooseFile(page, model);
  await acceptSuggestions(page);
  const report = await webview(page, 'quantization');
  await report.locator('.state[data-state="done"]').waitFor();
  await rowsOf(page, 'Runs').filter({ hasText: 'tiny-encoder' }).first().waitFor();
  await expect.poll(() => runFolders(storage)).toHaveLength(1);
  const { tensors } = await openModel(path.join(workspace, 'models/tiny-encoder.w4.safetensors'));
  expect(tensors).toHaveLength((await openModel(model)).tensors.length);
});

/** Names a file in VS Code's own dialog, which forgets what was written or pressed while it was listing a folder. */
async function chooseFile(page: Page, file: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget:visible');
  await vi.waitFor(
    async () => {
      if (await dialog.getByRole('button', { name: 'Choose Model' }).isVisible()) {
        await dialog.locator('input').first().fill(file, { timeout: 5000 });
        const row = dialog.locator('.monaco-list-row', { hasText: path.basename(file, '.safetensors') });
        await row.waitFor({ timeout: 5000 });
        await page.keyboard.press('Enter');
      }
      await page.getByPlaceholder('Method', { exact: true }).waitFor({ timeout: 5000 });
    },
    { timeout: 60_000 },
  );
}
