import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useEditor } from './editor/fixture';
import { makeFinishedRuns } from './editor/finishedRuns';
import { runFolders } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { webview } from './editor/webviews';
import { chooseInContextMenu, openFile, openSideBar, rowsOf, runCommand } from './editor/workbench';

const editor = useEditor({
  prepare: makeFinishedRuns,
  settings: {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'never',
  },
});

test('an untrusted workspace: the Run view says so and runs nothing', async () => {
  const known = await runFolders(editor().workspace);
  await openSideBar(editor().page);
  const launcher = await webview(editor().page, 'launcher');
  await launcher.getByText('This workspace is not trusted').waitFor();
  const run = launcher.getByRole('button', { name: 'Run', exact: true });
  await expect.poll(() => run.getAttribute('disabled')).not.toBeNull();
  await saveScreenshot(editor().page, 'untrusted');
  expect(await runFolders(editor().workspace)).toEqual(known);
});

test('an untrusted workspace: finished runs can be looked at', async () => {
  const { page } = editor();
  await rowsOf(page, 'Runs').filter({ hasText: 'MNIST' }).first().click();
  const run = await webview(page, 'run');
  await run.locator('.state[data-state="done"]').waitFor();
  await run.locator('canvas[aria-label*="values"]').first().waitFor();
});

test('an untrusted workspace: neither the palette nor the code offers to run', async () => {
  const { page } = editor();
  await runCommand(page, 'View: Close All Editors');
  await openFile(page, 'mnist-mlp.ts');
  await page
    .locator('.codelens-decoration a', { hasText: 'Run: the workspace is not trusted' })
    .first()
    .waitFor();
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget:visible input').fill('>Weightroom:');
  const names = page.locator('.quick-input-list .label-name');
  await names.filter({ hasText: 'Inspect Model' }).first().waitFor();
  const offered = (await names.allInnerTexts()).join('\n');
  for (const command of ['Quantize Model', 'Run Experiment', 'Compare Models', 'Install TensorFlow Engine']) {
    expect(offered).not.toContain(command);
  }
  await page.keyboard.press('Escape');
});

test('an untrusted workspace: a model can be inspected', async () => {
  const { page, workspace } = editor();
  await chooseInContextMenu(page, 'models/tiny-encoder.safetensors', 'Inspect Model');
  const header = await readFile(path.join(workspace, 'models/tiny-encoder.safetensors'));
  const length = Number(header.readBigUInt64LE());
  const tensors = Object.keys(JSON.parse(header.subarray(8, 8 + length).toString()) as object).filter(
    (name) => name !== '__metadata__',
  );
  const text = page.locator('.view-lines');
  await expect.poll(async () => (await text.innerText()).replaceAll('\u00a0', ' ')).toContain(tensors[0]);
  await saveScreenshot(page, 'inspect');
});
