import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { useEditor } from './editor/fixture';
import { runFolders } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { webview } from './editor/webviews';
import { chooseInContextMenu, openSideBar } from './editor/workbench';

const editor = useEditor({
  settings: {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'never',
  },
});

test('an untrusted workspace: the Run view says so and runs nothing', async () => {
  await openSideBar(editor().page);
  const launcher = await webview(editor().page, 'launcher');
  await launcher.getByText('This workspace is not trusted').waitFor();
  const run = launcher.getByRole('button', { name: 'Run', exact: true });
  expect(await run.getAttribute('disabled')).not.toBeNull();
  await saveScreenshot(editor().page, 'untrusted');
  expect(await runFolders(editor().workspace)).toEqual([]);
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
