import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { useEditor } from './editor/fixture';
import { nextRun, runFolders, untilRun } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { webview } from './editor/webviews';
import { openFile, openSideBar, runCommand } from './editor/workbench';

const editor = useEditor({ settings: { 'files.autoSave': 'off', 'weightroom.threads': 2 } });
beforeEach(() => runCommand(editor().page, 'View: Close All Editors'));

test('Run above defineExperiment trains beside the code, and leaves its result there', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  await openSideBar(page);
  await openFile(page, 'mnist-mlp.ts');
  const lenses = page.locator('.contentWidgets .codelens-decoration a');
  await lenses.filter({ hasText: 'Run' }).first().click();

  const panel = await webview(page, 'run');
  await panel.locator('.state[data-state="running"]').waitFor();
  const run = await nextRun(workspace, known);
  const { summary, spec } = await untilRun(run, (record) => record.summary.state === 'done');
  expect(spec).toMatchObject({ job: 'train', overrides: {} });
  expect(summary.last['testAccuracy']).toBeGreaterThan(0.975);

  await panel.locator('.state[data-state="done"]').waitFor();
  await lenses
    .filter({ hasText: /done in .*testAccuracy/ })
    .first()
    .waitFor();
  await saveScreenshot(page, 'beside-the-code');
});

test('the Run view saves the experiment that it runs, and obeys the settings', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  await openFile(page, 'mnist-mlp.ts');
  // What is typed before the editor has the focus is lost.
  await page.locator('.editor-instance .monaco-editor.focused').waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText('/* Written just now. */ ');
  await page.locator('.tab.active.dirty').waitFor();
  const launcher = await webview(page, 'launcher');
  await launcher.getByRole('combobox', { name: 'Experiment' }).click();
  await launcher.getByRole('option', { name: 'mnist-mlp.ts' }).click();
  await launcher.locator('vscode-text-field[aria-label="Step limit"] input').fill('2');
  await launcher.getByRole('button', { name: 'Run', exact: true }).click();
  const run = await nextRun(workspace, known);
  expect(await readFile(path.join(workspace, 'mnist-mlp.ts'), 'utf8')).toMatch(
    /^\/\* Written just now\. \*\/ import/,
  );
  const { spec } = await untilRun(run, ({ summary }) => summary.state === 'done');
  expect(spec).toMatchObject({ job: 'train', maxSteps: 2, threads: 2 });
});
