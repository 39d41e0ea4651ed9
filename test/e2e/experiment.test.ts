import { beforeEach, expect, test } from 'vitest';
import { useEditor } from './editor/fixture';
import { nextRun, runFolders, untilRun } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { webview } from './editor/webviews';
import { openFile, openSideBar, runCommand } from './editor/workbench';

const editor = useEditor();
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
